/**
 * @file disguised.h
 * @brief Des octets qui ne se montrent pas, et que l'on prend pour d'autres : tabulation, DEL, UTF-8 qui n'en est pas.
 */
#ifndef HARNESS_DISGUISED_H
#define HARNESS_DISGUISED_H

/** Une tabulation, DEL, U+009B, un « / » trop long, un demi-codet, un code au-delà d'Unicode (RFC 3629, section 4). */
#define DISGUISED_BYTES "\t.\x7F.\xC2\x9B.\xC0\xAF.\xED\xA0\x80.\xF4\x90\x80\x80"

/** Ce qui en est montré. */
#define DISGUISED_SHOWN "\\x09.\\x7F.\\xC2\\x9B.\\xC0\\xAF.\\xED\\xA0\\x80.\\xF4\\x90\\x80\\x80"

#endif
