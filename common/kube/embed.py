"""Embeds the kind files into C: embed.py OUTPUT.c FILE.yaml …, or a table of messages: embed.py OUTPUT.c FILE.txt ."""
import os
import sys


def c_text(text):
    return "\n".join('     "%s\\n"' % line.replace("\\", "\\\\").replace('"', '\\"').replace("?", "\\?")
                     for line in text.split("\n"))


def embed_messages(output, source):
    with open(source, encoding="utf-8") as text, open(output, "w", encoding="utf-8") as out:
        lines = "".join(line for line in text if not line.startswith("#")).strip("\n")
        out.write('#include "common/kube/kind_files.h"\n\n')
        name = os.path.basename(source).removesuffix(".txt")
        out.write("const char lat_kube_%s[] =\n%s;\n" % (name, c_text(lines)))


def main():
    output, sources = sys.argv[1], sys.argv[2:]
    if sources[0].endswith(".txt"):
        embed_messages(output, sources[0])
        return
    with open(output, "w", encoding="utf-8") as out:
        out.write('#include "common/kube/kind_files.h"\n\n')
        out.write("const struct lat_kube_kind_file lat_kube_kind_files[] = {\n")
        for path in sources:
            with open(path, encoding="utf-8") as source:
                out.write('    {"%s",\n%s},\n' % (os.path.basename(path), c_text(source.read())))
        out.write("};\nconst size_t lat_kube_kind_file_count = %d;\n" % len(sources))


main()
