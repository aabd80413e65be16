"""Embeds the schema into C: embed.py OUTPUT.c FILE.sql … MIGRATION.sql … . Migrations are named by the
version that they lead to (002.sql); the newest is the version of the schema."""
import pathlib
import re
import sys

MADE = re.compile(r"^CREATE (TABLE|(?:UNIQUE )?INDEX|TRIGGER) ", re.M)


def c_text(text):
    lines = text.splitlines(keepends=True)
    return "\n".join('    "%s"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
                     for line in lines)


def read(path):
    return pathlib.Path(path).read_text(encoding="utf-8")


def main():
    output, paths = sys.argv[1], sys.argv[2:]
    migrations = [path for path in paths if pathlib.Path(path).stem.isdigit()]
    schema = "".join(read(path) for path in paths if path not in migrations)
    tables = re.findall(r"^CREATE TABLE (\w+)", schema, re.M)
    with open(output, "w", encoding="utf-8") as out:
        out.write('#include "simulator/store/schema.h"\n\n#include <string.h>\n\n')
        # A file that a migration brought here gets what it lacks by the same text that makes a new one.
        out.write("const char sim_schema[] =\n%s;\n\n" % c_text(MADE.sub(r"CREATE \1 IF NOT EXISTS ", schema)))
        out.write("const struct sim_migration sim_migrations[] = {\n")
        for path in sorted(migrations, key=lambda path: int(pathlib.Path(path).stem)):
            out.write("    {%d,\n%s},\n" % (int(pathlib.Path(path).stem), c_text(read(path))))
        out.write("};\nconst size_t sim_migration_count = %d;\n\n" % len(migrations))
        out.write("static const char *const tables[] = {%s};\n\n" % ", ".join('"%s"' % t for t in tables))
        out.write("const char *sim_schema_table_name(const char *name)\n{\n"
                  "    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)\n"
                  "        if (strcmp(tables[i], name) == 0)\n            return tables[i];\n"
                  "    return \"\";\n}\n")


main()
