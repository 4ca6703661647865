/* ---- catalog: gtin ---- */

/* ---- catalog: GS1 element strings, Digital Link, SGTIN-96 ---- */

/* ---- catalog: sku ---- */
