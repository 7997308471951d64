/**
 * @file sanitizer_probe.c
 * @brief Un programme vide : s'il se compile et finit bien avec un assainisseur, celui-ci marche ici.
 */
int main(void)
{
    return 0;
}
