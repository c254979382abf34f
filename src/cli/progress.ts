// One progress line on a terminal's stderr; silent when it is not one.

/** Shows how far a long step is. */
export interface Progress {
  show(step: string, done: number, total: number): void;
  /** Removes the line. */
  clear(): void;
}

const INTERVAL_MS = 100;
const QUIET_MS = 500;

/** A progress line on `stream`; nothing is shown in the first half second. */
export function progressOn(stream: NodeJS.WriteStream, isQuiet: boolean): Progress {
  if (!stream.isTTY || isQuiet) return { show: () => undefined, clear: () => undefined };
  const started = Date.now();
  let last = started + QUIET_MS - INTERVAL_MS;
  let isShown = false;
  return {
    show(step, done, total) {
      const now = Date.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      isShown = true;
      const rate = done / ((now - started) / 1000);
      const left = Math.ceil((total - done) / rate);
      stream.write(
        `\r\u001B[K${step} ${done}/${total} files, ${Math.round(rate)}/s, ${left} s left`,
      );
    },
    clear() {
      if (isShown) stream.write('\r\u001B[K');
    },
  };
}
