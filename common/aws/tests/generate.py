"""The generator answers every wrong model with one line: file, line, what. generate.py GENERATOR MODEL."""
import os
import subprocess
import sys
import tempfile

FINE = """string Text
error Bad 400
  message* Text
"""
OPERATION = "operation Get GET /things/{id} 200 readonly\n"
# The model, the number of the wrong line in it, what is said about it.
WRONG = [
    ("colour Red\n", 1, "'colour' is not a kind of line; see the head of the file"),
    ("string\n", 1, "a name is missing behind 'string'"),
    ("string text\n", 1, "'text' is not a name: letters and digits, starting with a capital"),
    ("# x\n\nstring Text 3 to 4\n", 3, "expected: string Text [MIN..MAX] [/PATTERN/]"),
    ("string Text 3..x\n", 1, "'3..x' is not MIN..MAX"),
    ("string Text 4..3\n", 1, "the range 4..3 is empty"),
    ("string Text\nenum Text A\n", 2, "shape Text is already there, in line 1"),
    ("enum Word\n", 1, "an enum needs words, each once"),
    ("enum Word A A\n", 1, "an enum needs words, each once"),
    ("list Many\n", 1, "list Many: 1 names expected, 0 found"),
    ("  name Text\n", 1, "a member needs a structure, union, error or operation above it"),
    ("structure Thing\n  name\n", 2, "expected: name SHAPE"),
    ("structure Thing\n  int Text\n", 2, "'int' cannot be a member's name"),
    ("string Text\nstructure Thing\n  aB Text\n  aB Text\n", 4, "member aB is already there"),
    ("structure Thing\n  name Text cookie\n", 2, "'cookie' is none of: label, query, header NAME, token"),
    ("structure Thing\n  name Text\n", 2, "unknown shape Text"),
    ("list Many Text\n", 1, "unknown shape Text"),
    ("integer Number\nlist Many Number\n", 2, "a list holds strings, enums or structures"),
    ("integer Number\nmap Tags Number Number\n", 2, "a map goes from strings to strings"),
    ("string Text\nunion Either\n  a* Text\n", 2, "a union has members, none of them required"),
    ("string Text\n", 1, "shape Text is used by nothing"),
    ("error Bad\n", 1, "an HTTP status is missing"),
    ("error Bad 400 soon\n", 1, "'soon' is none of: retryable, throttling"),
    ("operation Get FETCH / 200\n", 1, "expected: operation Get METHOD /PATH STATUS [idempotent] [readonly]"),
    (FINE + OPERATION, 4, "labels of the path {id} and of the members {} differ"),
    (FINE + OPERATION + "  in id Text label\n", 5, "a label is a required text"),
    (FINE + OPERATION + "  in id* Text label\n  in name Text\n", 6, "a GET has no body: say label or query"),
    (FINE + OPERATION + "  in id* Text label\n  errors Worse\n", 6, "unknown error Worse"),
    (FINE + OPERATION + "  in id* Text label\n  page items\n", 4, "page names a list of the output"),
    (FINE + OPERATION + "  inn id* Text label\n", 5, "expected: in, out, errors or page ITEMS"),
    (FINE + OPERATION + "  in id* Text label\n  out id Text query\n", 6, "an output member travels in the body"),
]


def generate(generator, folder, text):
    path = os.path.join(folder, "wrong.api")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    outputs = [os.path.join(folder, "out.h"), os.path.join(folder, "out.c")]
    done = subprocess.run([sys.executable, generator, path, *outputs], capture_output=True, text=True, check=False)
    return path, done, any(os.path.exists(output) for output in outputs)


def main():
    generator, model = sys.argv[1:]
    failures = 0
    print("1..%d" % (len(WRONG) + 1))
    with tempfile.TemporaryDirectory() as folder:
        for number, (text, line, message) in enumerate(WRONG, 1):
            path, done, wrote = generate(generator, folder, text)
            good = done.returncode == 2 and not wrote and done.stderr == "%s:%d: %s\n" % (path, line, message)
            failures += not good
            print("%s %d - %s" % ("ok" if good else "not ok", number, message))
            if not good:
                print("# found: %d %s" % (done.returncode, done.stderr.strip()))
        with open(model, encoding="utf-8") as file:
            done = generate(generator, folder, file.read())[1]
        good = done.returncode == 0 and done.stderr == ""
        failures += not good
        print("%s %d - the model itself is fine" % ("ok" if good else "not ok", len(WRONG) + 1))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
