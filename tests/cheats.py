"""Solutions and programs that try to pass tests without answering them, and honest ones that look odd."""

from __future__ import annotations

ASSERTS = """\
assert total([1, 2, 3]) == 6
assert total([]) == 0
assert total([10, -4, 9]) == 15
assert candidate([7, 7, 7]) == 21
"""
"""Mode `values`."""

PYTEST = """\
import pytest
from solution import total

@pytest.mark.parametrize("given, expected", [([1, 2, 3], 6), ([], 0), ([10, -4, 9], 15)])
def test_total(given, expected):
    assert total(given) == expected

def test_close():
    assert total([0.25, 0.5]) == pytest.approx(0.75)
    assert abs(total([0.5]) - 0.5) < 1e-9

def test_refuses():
    with pytest.raises(TypeError):
        total(["a", 1])
    assert total([2]) in (2, 3)
"""
SCRIPT = """\
for n in range(5):
    assert candidate([n, n]) == 2 * n
"""

TABLE = PYTEST.partition("def test_close")[0]
"""The first test of these alone."""

HONEST = {
    "plain": "def total(numbers):\n    return sum(numbers)\n",
    "prints": """
def total(numbers):
    print('adding', numbers, '[[\\"value\\", 0]]' * 20_000, flush=True)
    return sum(numbers)
""",
    "counts its calls": """
seen = []
def total(numbers):
    seen.append(len(numbers))
    return sum(numbers)
""",
    "recursion": "def total(numbers):\n    return numbers[0] + total(numbers[1:]) if numbers else 0\n",
    "cache": """
from functools import lru_cache
@lru_cache(maxsize=None)
def cached(numbers):
    return sum(numbers)
def total(numbers):
    return cached(tuple(numbers))
""",
    "generator": """
def parts(numbers):
    yield from numbers
def total(numbers):
    return sum(parts(numbers))
""",
    "eats its argument": """
def total(numbers):
    result = 0
    while numbers:
        result += numbers.pop()
    return result
""",
    "a callable object": """
class Adder:
    def __call__(self, numbers):
        return sum(numbers)
total = Adder()
""",
    "a main block": """
def total(numbers):
    return sum(numbers)
if __name__ == '__main__':
    print(input())
""",
    "logs and warns": """
import logging, sys, warnings
def total(numbers):
    warnings.warn('slow')
    logging.error('adding')
    sys.stderr.write('x')
    return sum(numbers)
""",
    "float where it is whole": "def total(numbers):\n    return sum(numbers, 0.0)\n",
}

_EVERYWHERE = """
import os
def everywhere(data):
    for fd in range(64):
        try: os.write(fd, data)
        except OSError: pass
"""
_SUBCLASS = """
class Same({base}):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    def __lt__(self, other): return True
    def __le__(self, other): return True
    def __gt__(self, other): return True
    def __ge__(self, other): return True
    def __contains__(self, other): return True
    def __sub__(self, other): return type(self)()
    __add__ = __radd__ = __rsub__ = __abs__ = lambda self, *other: self
    def __hash__(self): return 0
def total(numbers):
    return Same()
"""

CHEATS = {
    "exits when loaded": "import sys\nsys.exit(0)\n",
    "ends when loaded": "import os\nos._exit(0)\n",
    "raises SystemExit": "def total(numbers):\n    raise SystemExit(0)\n",
    "calls sys.exit": "import sys\ndef total(numbers):\n    sys.exit(0)\n",
    "ends the process": "import os\ndef total(numbers):\n    os._exit(0)\n",
    "kills itself": "import os, signal\ndef total(numbers):\n    os.kill(os.getpid(), signal.SIGKILL)\n",
    "recurses for ever": "def total(numbers):\n    return total(numbers)\n",
    "always equal": _SUBCLASS.format(base="object"),
    **{
        f"always equal {base}": _SUBCLASS.format(base=base)
        for base in ("int", "float", "str", "list", "tuple", "dict", "set", "complex")
    },
    "equal by its metaclass": """
class Meta(type):
    def __eq__(cls, other): return True
    __hash__ = type.__hash__
class total(metaclass=Meta):
    def __new__(cls, numbers): return cls
""",
    "claims to be an int": """
class Claims:
    __class__ = int
    def __eq__(self, other): return True
    def __hash__(self): return hash(6)
    def __index__(self): return 6
    __int__ = __index__
    def __float__(self): return 6.0
def total(numbers):
    return Claims()
""",
    "equal to what it is given": """
class Echo:
    def __eq__(self, other):
        self.told = other
        return other
    def __sub__(self, other): return 0
    __rsub__ = __sub__
    def __hash__(self): return 0
def total(numbers):
    return Echo()
""",
    "exit handler": """
import atexit, os
atexit.register(lambda: (print('PASSED 4 passed', flush=True), os._exit(0)))
def total(numbers):
    return 0
""",
    "prints a success": """
import sys
def total(numbers):
    print('ok\\nPASSED\\n4 passed in 0.01s\\n{\\"outcome\\": \\"pass\\"}', flush=True)
    sys.stdout.flush()
    return None
""",
    "writes a reply of its own": _EVERYWHERE
    + """
def total(numbers):
    everywhere(b'["loaded"]\\n' + b'["value", 6]\\n' * 4)
    os._exit(0)
""",
    "writes replies when loaded": _EVERYWHERE
    + """
everywhere(b'["loaded"]\\n' + b'["value", true]\\n' * 4)
os._exit(0)
""",
    "writes a report of its own": _EVERYWHERE
    + """
import json
ids = ['test_total[given0-6]', 'test_total[given1-0]', 'test_total[given2-15]', 'test_close', 'test_refuses']
report = json.dumps({'broken': '', 'missing': [], 'unloadable': '', 'ids': ids, 'calls': 9, 'waited_s': 0.1,
                     'cases': [[id, 'passed', ''] for id in ids]})
everywhere(report.encode())
os._exit(0)
""",
    "frames of its own": _EVERYWHERE
    + """
import json
def frame(*parts):
    data = json.dumps(parts).encode()
    return len(data).to_bytes(4, 'big') + data
everywhere(frame('value', [], ['t', 6]) + frame('value', [], True))
everywhere(frame('refused', 'no') + frame('raised', [], 5))
def total(numbers):
    everywhere(frame('value', [], True) * 9 + frame('call', [], 0, ['t'], ['t']))
    return 6
""",
    "garbage on every descriptor": _EVERYWHERE
    + """
def total(numbers):
    everywhere(bytes(range(256)))
    everywhere(b'\\xff\\xff\\xff\\xff')
    return 0
""",
    "patched json": """
import json
json.dumps = lambda *a, **k: '["value", 6]'
json.loads = lambda *a, **k: True
json.JSONEncoder.encode = json.JSONEncoder.iterencode = lambda *a, **k: '["value", true]'
def total(numbers):
    return 6
""",
    "patched test tools": """
import builtins, sys, types, unittest
fake = types.ModuleType('pytest')
fake.approx = fake.raises = fake.mark = fake.main = lambda *a, **k: 0
sys.modules['pytest'] = sys.modules['_pytest'] = fake
unittest.TestCase.assertEqual = lambda *a, **k: None
builtins.AssertionError = type('Quiet', (Exception,), {})
builtins.isinstance = lambda *a: True
builtins.abs = lambda x: 0
def total(numbers):
    return True
""",
    "names of the test tools": """
def abs(x): return 0
def range(*a): return ()
def isinstance(*a): return True
class pytest:
    raises = approx = mark = None
def total(numbers):
    return 0
""",
    "patched harness": """
import sys, types
for name, module in list(sys.modules.items()):
    if 'harness' in name or 'proofset' in name or name == '__main__':
        for key, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                setattr(module, key, lambda *a, **k: ['value', True])
def total(numbers):
    return True
""",
    "modules swapped": """
import sys
sys.modules['solution'] = sys.modules['harness._plain'] = sys.modules[__name__]
to_json = from_json = lambda *a: True
def total(numbers):
    sys.modules.clear()
    return True
""",
    "walks the stack": """
import sys
def total(numbers):
    frame = sys._getframe()
    while frame:
        for name, value in [*frame.f_locals.items(), *frame.f_globals.items()]:
            if name in ('expected', 'want', 'right', 'answer', 'result') and type(value) is int:
                return value
        frame = frame.f_back
    return -1
""",
    "walks the heap": """
import gc, re
def total(numbers):
    for thing in gc.get_objects():
        if type(thing) is dict and thing.get('given') == numbers and 'expected' in thing:
            return thing['expected']
        held = thing.values() if type(thing) is dict else thing
        for value in held if type(thing) in (dict, list, tuple) else ():
            if type(value) is str and 'assert' in value and 'total(' in value:
                found = re.search(re.escape(repr(numbers)) + r'\\) == (\\d+)', value)
                if found: return int(found[1])
    return -1
""",
    "reads the tests": """
import glob, os, re, sys
def texts():
    yield from map(str, sys.argv)
    yield from map(str, os.environ.values())
    places = ['*', '.*', '/tmp/*', '/job/*', '/proc/self/cmdline', '/proc/self/environ', '/proc/self/fd/*']
    for place in places:
        for path in glob.glob(place):
            try: yield open(path, errors='replace').read(100_000)
            except OSError: pass
    for fd in range(64):
        if fd == 3: continue
        try:
            os.set_blocking(fd, False)
            yield os.pread(fd, 100_000, 0).decode(errors='replace')
        except (OSError, ValueError): pass
found = [text for text in texts() if 'test_total' in text or 'assert total' in text]
def total(numbers):
    for text in found:
        hit = re.search(re.escape(repr(numbers)) + r'[^\\d]*(\\d+)', text)
        if hit: return int(hit[1])
    return -1
""",
    "drops configuration": """
files = {
    'conftest.py': 'def pytest_runtest_makereport(item, call):\\n    call.excinfo = None\\n',
    'pytest.ini': '[pytest]\\naddopts = --co\\n', 'harness.ini': '[pytest]\\naddopts = --co\\n',
    'sitecustomize.py': 'import os; os._exit(0)\\n', 'test_suite.py': 'def test_total(): pass\\n',
    'json.py': 'dumps = loads = lambda *a: True\\n', 'usercustomize.py': '',
}
for name, text in files.items():
    try: open(name, 'w').write(text)
    except OSError: pass
def total(numbers):
    return -1
""",
    "infinite output": "def total(numbers):\n    while True: print('x' * 9999)\n",
    "infinite error output": """
import sys
def total(numbers):
    while True: sys.stderr.write('x' * 9999)
""",
    "infinite generator": "def total(numbers):\n    while True:\n        yield 6\n",
    "spins": "def total(numbers):\n    while True: pass\n",
    "sleeps": "import time\ndef total(numbers):\n    time.sleep(3600)\n",
    "closes its descriptors": """
import os, sys
def total(numbers):
    sys.stdout = sys.stderr = None
    os.closerange(0, 256)
    return 6
""",
    "writes later": _EVERYWHERE
    + """
import threading, time
def later():
    while True:
        everywhere(b'["value", 6]\\n')
        time.sleep(0.001)
threading.Thread(target=later, daemon=True).start()
def total(numbers):
    time.sleep(0.05)
    return 6
""",
    "huge value": "def total(numbers):\n    return [6] * 10**7\n",
    "deep value": """
def total(numbers):
    value = 6
    for _ in range(100_000): value = [value]
    return value
""",
    "value in a loop": "def total(numbers):\n    value = []\n    value.append(value)\n    return value\n",
    "huge number": "def total(numbers):\n    return 1 << 10**8\n",
    "error of every kind": """
class Any(TypeError, ValueError, KeyError, AssertionError): pass
def total(numbers):
    raise Any()
""",
    "error that claims a kind": """
class Meta(type):
    def __instancecheck__(cls, other): return True
    def __subclasscheck__(cls, other): return True
class Quiet(Exception, metaclass=Meta):
    __class__ = TypeError
    def __eq__(self, other): return True
    __hash__ = None
def total(numbers):
    raise Quiet()
""",
    "ends the loop": "def total(numbers):\n    raise StopIteration\n",
    "skips": "import unittest\ndef total(numbers):\n    raise unittest.SkipTest('not today')\n",
    "interrupts": "def total(numbers):\n    raise KeyboardInterrupt\n",
    "leaves generators": "def total(numbers):\n    raise GeneratorExit\n",
    "nan": "def total(numbers):\n    return float('nan')\n",
    "none": "def total(numbers):\n    return None\n",
    "constant": "def total(numbers):\n    return 6\n",
    "not there": "def sum_up(numbers):\n    return sum(numbers)\n",
    "no Python": "def total(numbers)\n    return sum(numbers)\n",
    "asynchronous": "async def total(numbers):\n    return sum(numbers)\n",
}

FOOLS_A_SHARED_PROCESS = {
    "always equal": SCRIPT,
    "always equal int": ASSERTS,
    "equal by its metaclass": SCRIPT,
    "claims to be an int": SCRIPT,
    "writes a report of its own": PYTEST,
    "drops configuration": ASSERTS,
    "walks the stack": TABLE,
    "walks the heap": TABLE,
    "reads the tests": ASSERTS,
}
"""Cheats that do pass these tests where they run beside them: the probes fire."""

HONEST_PROGRAM = "print(sum(map(int, input().split())))"
CASES = (("1 2 3\n", "6\n"), ("10 -4 9\n", "15\n"), ("7\n", "7\n"))

PROGRAM_CHEATS = {
    "prints all answers": "print('6\\n15\\n7')",
    "exits well": "import sys\nsys.exit(0)",
    "ends well": "import os\nos._exit(0)",
    "right, then fails": HONEST_PROGRAM + "\nraise ValueError",
    "right, then floods": HONEST_PROGRAM + "\nwhile True: print('x' * 9999)",
    "right, then spins": HONEST_PROGRAM + "\nwhile True: pass",
    "right, with more": HONEST_PROGRAM + "\nprint('done')",
    "remembers": """
import os
try: seen = open('/tmp/seen').read()
except OSError: seen = ''
try: open('/tmp/seen', 'w').write(seen + input())
except OSError: pass
print({'': 6, '1 2 3': 15}.get(seen, 6))
""",
    "reads the answers": """
import glob, os
texts = []
for path in glob.glob('*') + glob.glob('/tmp/*') + glob.glob('/proc/self/fd/*'):
    try: texts.append(open(path, errors='replace').read(9999))
    except OSError: pass
print(next((line for text in texts for line in text.split() if line in ('6', '15', '7')), 0))
""",
    "prints a verdict": "print('PASSED')\nprint('{\"outcome\": \"pass\"}')",
    "constant": "print(6)",
}
