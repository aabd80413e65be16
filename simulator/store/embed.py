"""Embeds the schema files into C: embed.py OUTPUT.c FILE.sql … . The last statement sets the version."""
import re
import sys


def c_text(text):
    lines = text.splitlines(keepends=True)
    return "\n".join('    "%s"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
                     for line in lines)


def main():
    output, sources = sys.argv[1], sys.argv[2:]
    scripts = [open(path, encoding="utf-8").read() for path in sources]
    scripts = ["BEGIN;\n" + scripts[0]] + scripts[1:] + ["PRAGMA user_version = 1;\nCOMMIT;\n"]
    tables = re.findall(r"CREATE TABLE (\w+)", "".join(scripts))
    with open(output, "w", encoding="utf-8") as out:
        out.write('#include "simulator/store/schema.h"\n\n#include <string.h>\n\n')
        for number, script in enumerate(scripts):
            out.write("static const char script_%d[] =\n%s;\n\n" % (number, c_text(script)))
        out.write("const char *const sim_schema[] = {%s};\n"
                  % ", ".join("script_%d" % number for number in range(len(scripts))))
        out.write("const size_t sim_schema_count = %d;\n\n" % len(scripts))
        out.write("static const char *const tables[] = {%s};\n\n" % ", ".join('"%s"' % t for t in tables))
        out.write("const char *sim_schema_table_name(const char *name)\n{\n"
                  "    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)\n"
                  "        if (strcmp(tables[i], name) == 0)\n            return tables[i];\n"
                  "    return \"\";\n}\n")


main()
