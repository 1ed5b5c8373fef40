// The program that compares a reader's function with that of the solution. It runs as any
// other program of the page does, and its last line of output is the verdict.

/** What stands before the verdict in the output. */
export const MARK = "\x1e"

const IMPORT = /^\s*(?:import|from)\s+([\w.]+)/gm
const imports = code => [...code.matchAll(IMPORT)].map(([, name]) => `    import ${name}`)

/**
 * The text of that program. `name` is the reader's function in `code`, `theirs` the one in
 * `solution`, `cases` a list of tuples of arguments as Python text, `within` the tolerance.
 */
export const judge = (solution, code, { name, theirs, cases, within }) =>
  PROGRAM.replace("    ...", () => [...new Set([...imports(solution), ...imports(code), "    ..."])].join("\n"))
    .replace("GIVEN", () => JSON.stringify(JSON.stringify([solution, code, name, theirs, cases, within])))

const PROGRAM = `import ast
import contextlib
import io
import json
import linecache
import sys

from tracebacks import from_own_line

if False:  # what both programs import must be there
    ...

SOLUTION, CODE, NAME, THEIRS, CASES, WITHIN = json.loads(GIVEN)
YOURS = "your function"


def judge():
    solution, yours = {"__name__": "solution"}, {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(compile(SOLUTION, "solution", "exec"), solution)
    linecache.cache[YOURS] = (len(CODE), None, CODE.splitlines(True), YOURS)
    try:
        exec(compile(CODE, YOURS, "exec"), yours)
    except BaseException as fault:
        return {"stopped": "", "traceback": trace(fault)}
    if not callable(yours.get(NAME)):
        return {"missing": NAME}
    listed = ast.parse(CASES, mode="eval").body.elts
    for case in listed:
        call = f"{NAME}({', '.join(map(ast.unparse, case.elts))})"
        make = compile(ast.Expression(case), "case", "eval")
        with contextlib.redirect_stdout(io.StringIO()):
            expected = solution[THEIRS](*eval(make, solution))
        arguments, before = eval(make, solution), eval(make, solution)
        try:
            got = yours[NAME](*arguments)
        except BaseException as fault:
            return {"stopped": call, "traceback": trace(fault)}
        if not same(got, expected):
            return {"case": call, "expected": show(expected), "got": show(got)}
        if not same(arguments, before):
            return {"case": call, "changed": show(arguments)}
    return {"right": len(listed)}


def plain(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    return value


def same(got, expected):
    got, expected = plain(got), plain(expected)
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(got) == len(expected)
            and all(map(same, got, expected))
        )
    if callable(expected):
        return callable(got)
    if got is None or isinstance(got, (str, list)):
        return False
    try:
        got, expected = float(got), float(expected)
    except (TypeError, ValueError):
        return False
    share = WITHIN.endswith("%")
    room = float(WITHIN.rstrip("%")) * (abs(expected) / 100 if share else 1)
    nan = got != got and expected != expected
    return nan or got == expected or abs(got - expected) <= room


def show(value):
    text = repr(plain(value))
    return text if len(text) <= 300 else text[:300] + " …"


def trace(fault):
    return from_own_line(fault, YOURS, "your program")[1]


out = sys.stdout
verdict = judge()
print("\\x1e" + json.dumps(verdict), file=out)
`
