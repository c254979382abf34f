// Reports forms that need a person. The table is in src/sqlalchemy/reported.ts.
import { calledName, keyword, readCall, readMethodCall } from '../python/calls.ts';
import { enclosing, type PyNode } from '../python/tree.ts';
import { isInstance } from '../project/core/receivers.ts';
import type { Facts } from '../project/facts.ts';
import { defineTransform, type RuleContext } from '../project/rule.ts';
import { REPORTED_FORMS, type ReportedForm } from '../sqlalchemy/reported.ts';

export default defineTransform({
  id: 'core-reported',
  summary: 'Forms that are gone or mean something else in 2.x, and that a person has to decide',
  rationale: 'No rewrite is right everywhere: the finding says what to choose from.',
  reference: 'https://docs.sqlalchemy.org/en/20/changelog/whatsnew_20.html',
  fixes: 'none',
  rows: [...new Set(REPORTED_FORMS.map(({ row }) => row))],
  triggers: ['sqlalchemy', 'SQLAlchemy'],
  example: {
    before: 'name = Column("name", String(20))\nother = name.copy()\n',
    after: 'name = Column("name", String(20))\nother = name.copy()\n',
  },
  visit: {
    call(node, context) {
      for (const form of METHOD_FORMS.get(calledName(node) ?? '') ?? FUNCTION_FORMS)
        if (isForm(node, form, context)) report(node, form, context);
    },
    identifier(node, context) {
      if (NAMES.test(node.text)) reportName(node, context);
    },
    attribute(node, context) {
      if (NAMES.test(node.child('attribute')?.text ?? '')) reportName(node, context);
    },
  },
});

const NAMES = /^(Uuid|Variant)$|Range$|BitString$/;
/** Those whose name alone is reported are no calls. */
const BY_NAME = REPORTED_FORMS.filter(({ row }) =>
  /^(pg-range-psycopg2|v21-bitstring|v21-mariadb-uuid|variant-class)$/.test(row),
);
const FORMS = REPORTED_FORMS.filter((form) => !BY_NAME.includes(form));
const FUNCTION_FORMS = FORMS.filter(({ method }) => !method);
/** By the name of a method: its forms, and those that any call may be. */
const METHOD_FORMS = new Map(
  FORMS.flatMap(({ method }) => method?.names ?? []).map((name) => [
    name,
    FORMS.filter(({ method }) => !method || method.names.includes(name)),
  ]),
);

function applies({ since, mentions }: ReportedForm, { facts, settings }: RuleContext): boolean {
  const { targetVersion } = settings;
  if (since !== undefined && targetVersion !== since) return false;
  return (
    mentions === undefined || facts.modules.modules.some(({ tree }) => mentions.test(tree.text))
  );
}

function isForm(node: PyNode, form: ReportedForm, context: RuleContext): boolean {
  const call = readCall(node);
  if (!call) return false;
  const { names, method, keyword: wanted, holds } = form;
  if (holds && !holds.test(node.text)) return false;
  if (wanted && (keyword(call, wanted.name) !== null) !== wanted.isThere) return false;
  if (names) {
    const name = context.facts.qualifiedName(call.callee);
    return name !== null && names.test(name) && applies(form, context);
  }
  const called = readMethodCall(node);
  if (!called || !method?.names.includes(called.method.text)) return false;
  return applies(form, context) && isReceiver(called.receiver, method, context.facts);
}

function isReceiver(
  receiver: PyNode,
  { of, ofCall }: NonNullable<ReportedForm['method']>,
  facts: Facts,
): boolean {
  const made = ofCall ? readCall(receiver) : null;
  if (ofCall) return made !== null && ofCall.test(facts.qualifiedName(made.callee) ?? '');
  return isInstance(receiver, of, facts) === 'proven';
}

function reportName(node: PyNode, context: RuleContext): void {
  if (
    enclosing(node, 'import_from_statement', 'import_statement') ||
    node.parent?.kind === 'attribute'
  )
    return;
  const name = context.facts.qualifiedName(node);
  const form = name === null ? undefined : BY_NAME.find(({ names }) => names?.test(name));
  const call = readCall(node.parent);
  const isSaid = form?.keyword && call?.callee === node && keyword(call, form.keyword.name);
  if (form && !isSaid && applies(form, context)) report(node, form, context);
}

function report(node: PyNode, { message, instead }: ReportedForm, context: RuleContext): void {
  context.manual({ at: node, message, reason: instead });
}
