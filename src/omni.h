/*
 * omni.h
 *	  What another extension may include: the versions, and the on-disk forms of the by-value
 *	  types.  Everything else in src/ is private to omni.
 */
#ifndef OMNI_H
#define OMNI_H

/*
 * Version of the canonicalisation rules: the layout rules of omni plus the Unicode version whose
 * code points are accepted.  Changes only when some input would get another canonical form, which
 * is a reason to rebuild indexes.
 */
#define OMNI_CANON_VERSION	"1/unicode-15.0"

#endif							/* OMNI_H */
