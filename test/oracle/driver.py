"""Run many programs under the SQLAlchemy that this process imports, each in a forked child.

Reads one JSON list of jobs on stdin: {"id", "files": {path: text}, "main", "timeout", "server"}; writes one JSON line a job on
stdout, as each ends (see `recorder.py` for what is observed). It judges nothing: comparing is the caller's part.
"""

import gc
import json
import os
import selectors
import shutil
import signal
import site
import sys
import tempfile
import time
import traceback
import types

import databases
import recorder

WORKERS = os.cpu_count() or 1


def write_program(job, folder):
    """Write the program below `folder` and return the path of its main file."""
    for name, text in job["files"].items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    return os.path.join(folder, job["main"])


def describe_exception(error, source_folder):
    """Type, message and the frames inside the program, so that equal failures compare equal."""
    frames = [
        "%s:%d" % (os.path.relpath(frame.filename, source_folder), frame.lineno)
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.startswith(source_folder)
    ]
    if isinstance(error, SyntaxError):
        frames.append("line %s" % error.lineno)
    kind = type(error)
    name = kind.__name__ if kind.__module__ == "builtins" else "%s.%s" % (kind.__module__, kind.__name__)
    return {"type": name, "message": str(error).replace(source_folder, "."), "frames": frames}


def execute(path):
    """Run the file at `path` as `__main__`."""
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    sys.argv = [path]
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec", dont_inherit=True)
    exec(code, module.__dict__)


def run_in_child(job, folder, channel):
    """Body of the forked child: run, observe, send the outcome through `channel`, never return."""
    os.setpgid(0, 0)
    source_folder = os.path.join(folder, "program")
    work_folder = os.path.join(folder, "work")
    os.makedirs(work_folder)
    path = write_program(job, source_folder)
    os.chdir(work_folder)
    if job.get("server"):
        os.environ.update(databases.create(job["server"]))
    sys.path[0] = os.path.dirname(path)
    capture = os.open(os.path.join(folder, "stdout"), os.O_RDWR | os.O_CREAT)
    discard = os.open(os.path.join(folder, "stderr"), os.O_RDWR | os.O_CREAT)
    os.dup2(capture, 1)
    os.dup2(discard, 2)
    recorder.start(source_folder)
    error = None
    try:
        execute(path)
    except SystemExit as exit_request:
        if exit_request.code not in (None, 0):
            error = describe_exception(exit_request, source_folder)
    except BaseException as raised:
        error = describe_exception(raised, source_folder)
    sys.stdout.flush()
    observed = recorder.stop()
    with open(os.path.join(folder, "stdout"), encoding="utf-8", errors="backslashreplace") as file:
        output = file.read()
    outcome = dict(observed, id=job["id"], output=output, exception=error)
    with os.fdopen(channel, "w", encoding="utf-8") as pipe:
        pipe.write(json.dumps(outcome, sort_keys=True))
    os._exit(0)


class Child:
    """One running program and what it has sent so far."""

    def __init__(self, job):
        self.job = job
        self.folder = os.path.realpath(tempfile.mkdtemp(prefix="oracle-"))
        self.deadline = time.monotonic() + job.get("timeout", 20)
        self.received = []
        self.channel, sending = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self.channel)
                run_in_child(job, self.folder, sending)
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(70)
        os.close(sending)

    def finish(self, problem=None):
        """Reap the child and return its outcome; `problem` says why it was stopped, if it was."""
        if problem:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except ProcessLookupError:
                os.kill(self.pid, signal.SIGKILL)
        _, status = os.waitpid(self.pid, 0)
        os.close(self.channel)
        text = b"".join(self.received).decode("utf-8")
        problem = problem or (None if text else "the process died with status %d%s" % (status, self.last_words()))
        shutil.rmtree(self.folder, ignore_errors=True)
        if problem:
            return json.dumps({"id": self.job["id"], "problem": problem})
        return text

    def last_words(self):
        """What the dead child wrote to stderr, for the message."""
        try:
            with open(os.path.join(self.folder, "stderr"), encoding="utf-8", errors="replace") as file:
                return ": " + file.read()[-2000:]
        except OSError:
            return ""


def report(line):
    sys.__stdout__.write(line + "\n")
    sys.__stdout__.flush()


def run_all(jobs):
    """Keep `WORKERS` children busy until every job has reported."""
    waiting = list(reversed(jobs))
    selector = selectors.DefaultSelector()
    running = set()
    while waiting or running:
        while waiting and len(running) < WORKERS:
            child = Child(waiting.pop())
            running.add(child)
            selector.register(child.channel, selectors.EVENT_READ, child)
        for key, _ in selector.select(timeout=0.1):
            child = key.data
            chunk = os.read(child.channel, 1 << 16)
            if chunk:
                child.received.append(chunk)
            else:
                selector.unregister(child.channel)
                running.discard(child)
                report(child.finish())
        for child in [c for c in running if time.monotonic() > c.deadline]:
            selector.unregister(child.channel)
            running.discard(child)
            report(child.finish("no end after %s seconds" % child.job.get("timeout", 20)))


def main():
    site.setquit()  # python -S leaves exit() and quit() out
    jobs = json.load(sys.stdin)
    recorder.install()
    gc.collect()
    gc.freeze()
    run_all(jobs)


if __name__ == "__main__":
    main()
