// Ne fait rien.
int main(void)
{
    return 0;
}
