import { describe, expect, test } from 'vitest';
import { inProject } from './support/infer.ts';
import type { Files } from './support/project.ts';

describe('across files', () => {
  const db =
    'from sqlalchemy import create_engine\nfrom sqlalchemy.orm import sessionmaker, scoped_session\nengine = create_engine("")\nSessionLocal = sessionmaker(bind=engine)\nsession = scoped_session(SessionLocal)\ndef get_db():\n    db = SessionLocal()\n    try:\n        yield db\n    finally:\n        db.close()\n';
  test.each<[string, Files, string]>([
    [
      'attribute set from outside',
      {
        'db.py': db,
        'main.py':
          'from db import SessionLocal\nclass App: pass\napp = App()\napp.s = SessionLocal()\napp.s\n',
      },
      'Session',
    ],
    [
      'attribute set otherwise from outside',
      {
        'db.py': db,
        'main.py':
          'from db import SessionLocal\nclass App:\n    def __init__(self):\n        self.s = SessionLocal()\napp = App()\napp.s = Fake()\ndef f(a: App):\n    a.s\n',
      },
      'none',
    ],
    [
      'imported session',
      { 'db.py': db, 'main.py': 'from db import session\nsession\n' },
      'scoped_session<library sqlalchemy.orm.Session>',
    ],
    [
      'module attribute',
      { 'db.py': db, 'main.py': 'import db\ndb.session\n' },
      'scoped_session<library sqlalchemy.orm.Session>',
    ],
    [
      'global set in a function',
      {
        'db.py':
          'from sqlalchemy.orm import Session\nsession = None\ndef init():\n    global session\n    session = Session()\n',
        'main.py': 'import db\ndef f():\n    db.session\n',
      },
      'Session',
    ],
    [
      'imported global set in a function',
      {
        'db.py':
          'from sqlalchemy.orm import Session\nthing = None\ndef init():\n    global thing\n    thing = Session()\n',
        'main.py': 'from db import thing\nthing\n',
      },
      'Session',
    ],
    [
      'every call passes it',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py':
          'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(x=SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'one call passes something else',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(3)\n',
      },
      'lib object',
    ],
    [
      'one call is unknown',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\nf(*a)\n',
      },
      'lib none',
    ],
    [
      'it is passed on',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f\nfrom db import SessionLocal\nf(SessionLocal())\ng(f)\n',
      },
      'lib ~Session',
    ],
    [
      'alias of import',
      {
        'db.py': db,
        'lib.py': 'def f(x):\n    x\n',
        'main.py': 'from lib import f as g\nfrom db import SessionLocal\ng(SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'method call',
      {
        'db.py': db,
        'lib.py': 'class A:\n    def f(self, x):\n        x\n',
        'main.py': 'from lib import A\nfrom db import SessionLocal\nA().f(SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'constructor',
      {
        'db.py': db,
        'lib.py':
          'class A:\n    def __init__(self, x):\n        self.x = x\nclass B(A):\n    def f(self):\n        self.x\n',
        'main.py': 'from lib import B\nfrom db import SessionLocal\nB(SessionLocal())\n',
      },
      'lib Session',
    ],
    [
      'import fallback',
      {
        'main.py':
          'try:\n    from sqlalchemy.orm import Session\nexcept ImportError:\n    Session = None\nSession()\n',
      },
      'Session',
    ],
    ['star import', { 'db.py': db, 'main.py': 'from db import *\nsession.query(1)\n' }, 'Query'],
    [
      'conditional global',
      {
        'main.py':
          'from sqlalchemy.orm import Session\nif x:\n    s = Session()\nelse:\n    s = Session(bind=1)\ndef f():\n    s\n',
      },
      'Session',
    ],
  ])('%s', (_, files, expected) => {
    const [main, text] =
      expected.includes(' ') && /^(lib|tests\/main) /.test(expected)
        ? expected.split(' ')
        : ['main', expected];
    expect(inProject(files, `${main}.py`)).toBe(text);
  });
});
