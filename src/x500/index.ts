/**
 * x500, floor 1: the values of X.500 directories (distinguished names, filters, DER): parsing, encoding,
 * comparing. No I/O.
 */
export {};
