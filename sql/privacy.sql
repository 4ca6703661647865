/* ---- privacy: keyring ---- */

/* ---- privacy: pseudonym ---- */

/* ---- privacy: consent ---- */

/* ---- privacy: permission ---- */

/* ---- privacy: TCF and GPP ---- */

/* ---- privacy: disclosure ---- */

/* ---- privacy: tokens ---- */

/* ---- privacy: anonymity ---- */
