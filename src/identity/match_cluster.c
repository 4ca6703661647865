/*
 * match_cluster.c
 *	  Clusters of matched records, within limits.
 *
 * Without limits a cluster is a component of the pairs that weigh enough, and pairs are used as
 * they come.  With limits, pairs are kept and taken greatest weight first, those of equal weight in
 * the order of their ids, and one that would break a limit is left out: the same union-find as that
 * of resolve_links(), with the values of columns in the place of identifiers.  Equal values of a
 * column count once in a cluster; they connect nobody.
 */
#include "postgres.h"
#include "compat.h"

#include "catalog/pg_attribute.h"
#include "funcapi.h"
#include "miscadmin.h"
#include "utils/builtins.h"
#include "utils/lsyscache.h"
#include "utils/memutils.h"

#include "identity/byte_sort.h"
#include "identity/link_evidence.h"
#include "identity/match.h"
#include "identity/memory.h"
#include "text/value.h"

typedef struct Pair
{
	double		weight;
	int32		l;
	int32		r;
} Pair;

typedef struct Cluster
{
	MatchScorer *scorer;
	double		min_weight;
	Clusters	clusters;
	bool		keep;			/* pairs are kept for their order */
	Pair	   *pairs;
	Size		npairs;
	Size		room;
	MemoryContext context;		/* of the pairs */
} Cluster;

static void *
allocate(Size count, Size width)
{
	return memory_allocate(CurrentMemoryContext, Max(count, 1) * width);
}

/* ---- pairs ---- */

static void
keep_pair(Cluster *c, int l, int r, double weight)
{
	if (c->npairs == c->room)
	{
		if (c->npairs > PG_UINT32_MAX / 2)
			ereport(ERROR,
					(errcode(ERRCODE_PROGRAM_LIMIT_EXCEEDED),
					 errmsg("too many pairs to put in order"),
					 errhint("Raise min_weight, or cluster without limits.")));
		c->room = Max(1024, c->room * 2);
		c->pairs = c->pairs == NULL ?
			MemoryContextAllocHuge(c->context, c->room * sizeof(Pair)) :
			repalloc_huge(c->pairs, c->room * sizeof(Pair));
	}
	c->pairs[c->npairs++] = (Pair) {weight, l, r};
}

static void
use_pair(void *arg, int l, int r, int rule)
{
	Cluster    *c = arg;
	uint32		a,
				b;
	double		weight;

	if (c->keep)
	{
		weight = match_weight(c->scorer, l, r);
		if (weight >= c->min_weight)
			keep_pair(c, l, r, weight);
		return;
	}
	/* what is in one cluster already needs no weight */
	a = cluster_root(&c->clusters, l);
	b = cluster_root(&c->clusters, r);
	if (a != b && match_weight(c->scorer, l, r) >= c->min_weight)
		clusters_unite(&c->clusters, a, b);
}

/* a number of the reverse order of weights, none of which is NaN */
static uint64
weight_key(double weight)
{
	uint64		bits;

	/* one zero */
	weight += 0;
	memcpy(&bits, &weight, sizeof(bits));
	return bits >> 63 ? bits : ~bits & ~(UINT64CONST(1) << 63);
}

/* greatest weight first, then by records */
static void
sort_pairs(Cluster *c)
{
	NumberItem *items = allocate(c->npairs, sizeof(NumberItem));
	NumberItem *spare = allocate(c->npairs, sizeof(NumberItem));
	NumberItem *sorted;
	Pair	   *pairs = allocate(c->npairs, sizeof(Pair));

	for (Size i = 0; i < c->npairs; i++)
		items[i] = (NumberItem) {.key = (uint64) c->pairs[i].l << 32 | (uint32) c->pairs[i].r,
		.item = i};
	sorted = number_sort(items, spare, c->npairs);
	for (Size i = 0; i < c->npairs; i++)
		sorted[i].key = weight_key(c->pairs[sorted[i].item].weight);
	sorted = number_sort(sorted, sorted == items ? spare : items, c->npairs);
	for (Size i = 0; i < c->npairs; i++)
		pairs[i] = c->pairs[sorted[i].item];
	pfree(items);
	pfree(spare);
	if (c->pairs)
		pfree(c->pairs);
	c->pairs = pairs;
}

/* ---- limits ---- */

/* columns of the model that the limits are of; 42703 where the source lacks one */
static int *
add_columns(Oid source, MatchModel *model, const MatchLimits *limits)
{
	int		   *columns = palloc(Max(limits->ncolumns, 1) * sizeof(int));

	for (int i = 0; i < limits->ncolumns; i++)
	{
		const char *name = limits->columns[i].name;

		if (get_rel_name(source) != NULL && get_attnum(source, name) <= 0)
			ereport(ERROR,
					(errcode(ERRCODE_UNDEFINED_COLUMN),
					 errmsg("column \"%s\" of the limits does not exist in the source",
							text_shown(cstring_to_text(name))),
					 errhint("\"limits\" has the names of columns of the source.")));
		columns[i] = match_column_add(model, psprintf("%s::pg_catalog.text",
													  quote_identifier(name)));
	}
	return columns;
}

static void
begin_clusters(Cluster *c, const MatchData *data, const ClusterLimits *limits)
{
	clusters_create(&c->clusters, data->records, limits);
	for (int i = 0; i < data->records; i++)
		c->clusters.nodes[i].records = 1;
}

static void
put_values(Cluster *c, const MatchModel *model, const MatchData *data, const int *columns,
		   int ncolumns)
{
	for (int k = 0; k < ncolumns; k++)
	{
		const int32 *ids = model->column[columns[k]].ids;

		for (int i = 0; i < data->records; i++)
		{
			if ((i & 0xFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			if (ids[i] != MATCH_NULL)
				clusters_put_value(&c->clusters, i, k, ids[i]);
		}
	}
}

/* number of the record of an id among sorted ones, or -1 */
static int
find_id(const ByteItem *ids, int n, TextSpan id)
{
	int			low = 0;
	int			high = n;

	while (low < high)
	{
		int			middle = low + (high - low) / 2;
		int			order = text_value_compare(ids[middle].key, ids[middle].keylen, id.data,
											   id.len);

		if (order == 0)
			return ids[middle].number;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return -1;
}

/* pairs of records that never meet; an id that the source has not forbids nothing */
static void
forbid(Cluster *c, const MatchData *data, const MatchLimits *limits)
{
	ByteItem   *ids;

	if (limits->ncannot == 0)
		return;
	ids = allocate(data->records, sizeof(ByteItem));
	for (int i = 0; i < data->records; i++)
		ids[i] = (ByteItem) {.key = data->id[i].data, .keylen = data->id[i].len, .number = i};
	byte_sort(ids, data->records);
	for (int i = 0; i < limits->ncannot; i++)
	{
		int			a = find_id(ids, data->records, limits->cannot[i][0]);
		int			b = find_id(ids, data->records, limits->cannot[i][1]);

		if (a >= 0 && b >= 0)
			clusters_forbid(&c->clusters, a, b);
	}
	pfree(ids);
}

/* ---- joining in order ---- */

/* bridge[i]: the pair was joined, weighs less than that, and alone holds two parts together */
static bool
find_weak(const Cluster *c, const MatchData *data, const bool *joined, double weight, bool *weak)
{
	uint32	  (*ends)[2] = allocate(c->npairs, sizeof(*ends));
	bool	   *bridge = allocate(c->npairs, sizeof(bool));
	bool		any = false;
	Size		n = 0;

	for (Size i = 0; i < c->npairs; i++)
	{
		if (!joined[i])
			continue;
		ends[n][0] = c->pairs[i].l;
		ends[n++][1] = c->pairs[i].r;
	}
	link_find_bridges(data->records, ends, n, bridge);
	n = 0;
	for (Size i = 0; i < c->npairs; i++)
	{
		weak[i] = joined[i] && bridge[n++] && c->pairs[i].weight < weight;
		any |= weak[i];
	}
	pfree(ends);
	pfree(bridge);
	return any;
}

static void
join_in_order(Cluster *c, const MatchData *data, const MatchLimits *limits)
{
	bool	   *joined = allocate(c->npairs, sizeof(bool));
	bool	   *weak = allocate(c->npairs, sizeof(bool));
	uint32		kind;

	sort_pairs(c);
	for (Size i = 0; i < c->npairs; i++)
	{
		if ((i & 0xFFF) == 0)
			CHECK_FOR_INTERRUPTS();
		joined[i] = clusters_join(&c->clusters, c->pairs[i].l, c->pairs[i].r, false,
								  &kind) == LINK_ACCEPTED;
	}
	if (limits->weak_bridge && find_weak(c, data, joined, limits->weak_weight, weak))
	{
		/* parts of those clusters: no other pair can break a limit now */
		begin_clusters(c, data, c->clusters.limits);
		for (Size i = 0; i < c->npairs; i++)
		{
			uint32		a = cluster_root(&c->clusters, c->pairs[i].l);
			uint32		b = cluster_root(&c->clusters, c->pairs[i].r);

			if ((i & 0xFFF) == 0)
				CHECK_FOR_INTERRUPTS();
			if (joined[i] && a != b &&
				!(weak[i] && c->clusters.nodes[a].records >= limits->weak_records &&
				  c->clusters.nodes[b].records >= limits->weak_records))
				clusters_unite(&c->clusters, a, b);
		}
	}
	pfree(joined);
	pfree(weak);
}

/* ---- match_cluster ---- */

/* each record with the first one, by the order of ids, of its cluster */
static void
put_rows(Cluster *c, const MatchData *data, ReturnSetInfo *rsinfo)
{
	MemoryContext row = AllocSetContextCreate(CurrentMemoryContext, "match rows",
											  ALLOCSET_DEFAULT_SIZES);
	int32	   *least = allocate(data->records, sizeof(int32));
	MemoryContext old = MemoryContextSwitchTo(row);
	bool		nulls[2] = {false, false};

	memset(least, 0xFF, data->records * sizeof(int32));
	for (int i = 0; i < data->records; i++)
	{
		uint32		root = cluster_root(&c->clusters, i);
		Datum		values[2];

		if (least[root] < 0)
			least[root] = i;
		values[0] = match_text_datum(data->id[i]);
		values[1] = match_text_datum(data->id[least[root]]);
		tuplestore_putvalues(rsinfo->setResult, rsinfo->setDesc, values, nulls);
		if ((i & 0xFFF) == 0)
		{
			CHECK_FOR_INTERRUPTS();
			MemoryContextReset(row);
		}
	}
	MemoryContextSwitchTo(old);
}

PG_FUNCTION_INFO_V1(match_cluster);

/*
 * match_cluster(source regclass, model match_model, min_weight float8, limits jsonb, max_pairs
 * bigint) -> setof (id text, cluster text): every record with the smallest id of those that pairs
 * of min_weight or more connect it with, within limits; 22023, 42703
 */
Datum
match_cluster(PG_FUNCTION_ARGS)
{
	ReturnSetInfo *rsinfo = (ReturnSetInfo *) fcinfo->resultinfo;
	MemoryContext work;
	MemoryContext old;
	MatchModel *model;
	MatchLimits limits;
	ClusterLimits rules = {.max_identifiers = -1};
	MatchData	data;
	Cluster    *c;
	int		   *columns;

	InitMaterializedSRF(fcinfo, MAT_SRF_USE_EXPECTED_DESC);
	match_check_weight(PG_GETARG_FLOAT8(2));
	work = AllocSetContextCreate(CurrentMemoryContext, "match", ALLOCSET_DEFAULT_SIZES);
	old = MemoryContextSwitchTo(work);
	match_limits_read(PG_GETARG_JSONB_P(3), &limits);
	model = match_model_of(PG_GETARG_JSONB_P(1));
	columns = add_columns(PG_GETARG_OID(0), model, &limits);
	match_data_read(PG_GETARG_OID(0), model, &data);

	c = palloc0(sizeof(Cluster));
	c->scorer = match_scorer(model, &data);
	c->min_weight = PG_GETARG_FLOAT8(2);
	c->keep = limits.any;
	c->context = work;
	rules.max_records = limits.max_records;
	rules.kinds = limits.ncolumns;
	rules.rules = palloc(Max(limits.ncolumns, 1) * sizeof(ClusterRule));
	for (int i = 0; i < limits.ncolumns; i++)
		rules.rules[i] = (ClusterRule) {.max = limits.columns[i].max, .shared = true};
	begin_clusters(c, &data, &rules);
	put_values(c, model, &data, columns, limits.ncolumns);
	forbid(c, &data, &limits);
	match_pairs(model, &data, model->rule, model->rules, PG_GETARG_INT64(4), "max_pairs",
				use_pair, c);
	if (c->keep)
		join_in_order(c, &data, &limits);
	put_rows(c, &data, rsinfo);
	MemoryContextSwitchTo(old);
	MemoryContextDelete(work);
	return (Datum) 0;
}
