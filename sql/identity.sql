/* ---- identity: email ---- */

/* ---- identity: phone ---- */

/* ---- identity: identifier, keys and hashes for partners ---- */

/* ---- identity: disjoint_set ---- */
