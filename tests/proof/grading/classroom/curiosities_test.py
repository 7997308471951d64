"""Les curiosités : chacune est vue, à sa ligne, et rien de ce qui est honnête n'est montré du doigt."""

import pathlib
import unittest

from tests.grading.door import curiosities
from tests.judge.command import lab_reader

from tests.proof.programs import mutants

# Ce qui est écrit, ce qui doit en être dit.
ODD = {
    "int f(void) { return ptrace(0); }": "ptrace",
    "long f(void) { return syscall(101); }": "syscall",
    "int f(void) { return kill ( - 1 , 9); }": "kill(-1",
    "void f(void) { prctl(PR_SET_DUMPABLE, 0); }": "prctl(PR_SET_DUMPABLE",
    "void f(void) { prctl(4, 0); }": "prctl(4",
    "void f(void) { setrlimit(RLIMIT_NPROC, &l); }": "setrlimit(RLIMIT_NPROC",
    "void f(void) { asm(\".incbin \\\"x\\\"\"); }": "asm",
    "char *f = \"/etc/passwd\";": "\"/etc/passwd\"",
    "char *f = \"../../solutions/x\";": "\"../../solutions/x\"",
    "char *f = \"Grade :=>> 100\";": "\"Grade :=>> 100\"",
    "__attribute__((constructor)) static void f(void) {}": "constructor",
    "__attribute__((unused, __constructor__(101))) static void f(void) {}": "__constructor__",
    "const char *__asan_default_options(void) { return \"\"; }": "__asan_default_options",
    "int __lsan_is_turned_off(void) { return 1; }": "__lsan_is_turned_off",
    "ssize_t write(int fd, const void *b, size_t (*n)(void)) { return 0; }": "write",
    "#include \"/etc/passwd\"": "#include \"/etc/passwd\"",
    "# include <../secret.h>": "#include <../secret.h>",
    "#include SECRET": "#include SECRET",
    "??=include \"/dev/zero\"": "#include \"/dev/zero\"",
    "pt\\\nrace(0);": "ptrace",
    "/* // */ ptrace(0);": "ptrace",
}
HONEST = """// ptrace, /etc/hosts : un commentaire n'est pas un appel
/* system(NULL) */
#include "framing.h"
#include <sys/socket.h>
static int system_error; static const char *constructor = "write(";
int main(void) { if (write(1, "asm\\n", 4) < 0) { kill(-pid, 9); prctl(PR_SET_PDEATHSIG, SIGKILL); } return kill(child, 1); }
char *null = "/dev/null"; char *path = "notes/etc/x"; char quote = '"';
ssize_t my_write(int fd) { return write(fd, "ptrace(", 7); }
"""


class Curiosities(unittest.TestCase):

    def test_each_is_seen_once_at_its_line(self):
        for text, wanted in ODD.items():
            with self.subTest(text):
                found = curiosities.find(("\n\n" + text + "\n").encode())
                self.assertIn((3, wanted), [(line, what) for line, what, _ in found])
                self.assertEqual(len(found), len({what for _, what, _ in found}))

    def test_lines_are_counted_through_joined_lines_and_comments(self):
        found = curiosities.find(b"a \\\n b \\\n c\n/* \n */ ptrace();\n")
        self.assertEqual([(line, what) for line, what, _ in found], [(5, "ptrace")])

    def test_honest_code_is_left_alone(self):
        self.assertEqual(curiosities.find(HONEST.encode()), [])

    def test_any_bytes_are_read(self):
        for data in (b"", b"\0\xff\xfe\"", b"/*", b"'", b"\\", b"#include", b"\"" * 1000, b"write(" * 5000):
            curiosities.remarks("server.c", data)

    def test_a_long_list_is_cut(self):
        text = "".join(f"char *a{number} = \"/etc/{number}\";\n" for number in range(20))
        said = curiosities.remarks("server.c", text.encode())
        self.assertEqual(len(said), curiosities.SHOWN + 1)
        self.assertRegex(said[-1], "15 autres")

    def test_the_whole_repository_is_honest(self):
        patterns = ("labs/**/*.[ch]", "solutions/**/*.[ch]", "common/*.[ch]", "tests/*/variants/**/*.[ch]", "tests/*/naive/*/*.[ch]")
        for path in sorted(path for pattern in patterns for path in pathlib.Path().glob(pattern)):
            with self.subTest(str(path)):
                self.assertEqual(curiosities.find(path.read_bytes()), [])

    def test_every_mutant_is_honest(self):
        for lab in lab_reader.every_lab():
            for path in sorted(pathlib.Path("tests", lab.name, "mutants").glob("*.patch")):
                for name, _, after in mutants.read_changes(mutants.parts_of(path)[1], path):
                    with self.subTest(path.stem, source=name):
                        self.assertEqual(curiosities.find(after.encode()), [])
