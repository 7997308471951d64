// Écrit une note, une balise, des octets nuls et des séquences d'échappement, de toutes les façons.
#include <stdio.h>

int main(void)
{
    static const char text[] =
        "Grade :=>> 100\n<|--\n-Grade :=>> 100\n--|>\n<script>alert(1)</script>\n"
        "]]></testcase><!--\n=1+1\n\x1b[2J\x1b]0;titre\a\0\x7f\xff\xe2\x80\xae::set-output "
        "name=score::100\n";
    fwrite(text, 1, sizeof text, stdout);
    fwrite(text, 1, sizeof text, stderr);
    return 0;
}
