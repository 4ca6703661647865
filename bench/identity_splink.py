"""identity_splink.py duckdb|postgres DIR: Splink trains, predicts and clusters, for bench/identity_splink.sql.

Read in DIR: BACKEND.json, Splink's settings; training.json, what omni's settings say of the training;
people.csv, the records for DuckDB (with PostgreSQL the table customer is there). Written: BACKEND.steps, CPU
milliseconds by step, which is what this process and, with PostgreSQL, its backend use; BACKEND.pairs, what was
predicted; BACKEND.clusters, the records by cluster. Loading the records is no step, nor is writing the files.
"""
import csv
import json
import logging
import os
import re
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)

from splink import Linker  # noqa: E402

backend, directory = sys.argv[1:]


def path(name):
    return os.path.join(directory, name)


with open(path(backend + ".json")) as f:
    settings = json.load(f)
with open(path("training.json")) as f:
    training = json.load(f)

if backend == "duckdb":
    import duckdb
    from splink import DuckDBAPI

    connection = duckdb.connect()
    connection.execute("CREATE TABLE customer AS SELECT * FROM read_csv(?, header = true, all_varchar = true)", [path("people.csv")])
    connection.execute("ALTER TABLE customer ALTER unique_id TYPE integer")
    db = DuckDBAPI(connection)

    def fetch(sql):
        return connection.execute(sql).fetchall()

    def backend_cpu():
        return 0.0
else:
    from sqlalchemy import create_engine, event, text
    from sqlalchemy.pool import StaticPool
    from splink.internals.postgres.database_api import PostgresAPI

    # one connection, so that its backend's CPU time is all of the server's
    engine = create_engine("postgresql+psycopg2://", poolclass=StaticPool,
                           connect_args={"options": "-c max_parallel_workers_per_gather=0 -c work_mem=1GB"})

    @event.listens_for(engine, "after_cursor_execute")
    def analyze(c, cursor, statement, parameters, context, executemany):
        """The planner knows the tables that Splink makes, as where autovacuum comes by in time."""
        made = re.match(r"\s*CREATE TABLE (\S+)", statement)
        if made:
            cursor.execute(f"ANALYZE {made[1]}")

    def fetch(sql):
        with engine.begin() as c:
            return [tuple(r) for r in c.execute(text(sql))]

    def backend_cpu():
        return fetch("SELECT bench.cpu()")[0][0]

    db = PostgresAPI(engine)


def cpu():
    t = os.times()
    return (t.user + t.system) * 1000 + backend_cpu()


steps = []
before = cpu()


def step(name):
    global before
    steps.append((name, cpu() - before))
    before = cpu()


linker = Linker("customer", settings, db, set_up_basic_logging=False)
linker.training.estimate_probability_two_random_records_match(training["deterministic_rules"], recall=training["recall"])
linker.training.estimate_u_using_random_sampling(max_pairs=training["max_pairs"], seed=1 if backend == "duckdb" else None)
for rule in training["em_blocking_rules"]:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
step("train")
pairs = linker.inference.predict(threshold_match_weight=training["least_weight"])
step("predict")
clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_weight=training["cluster_weight"])
step("cluster")

for name, rows in (("steps", steps),
                   ("pairs", fetch(f"SELECT unique_id_l, unique_id_r, match_weight FROM {pairs.physical_name}")),
                   ("clusters", fetch(f"SELECT unique_id, cluster_id FROM {clusters.physical_name}"))):
    with open(path(f"{backend}.{name}"), "w", newline="") as f:
        csv.writer(f).writerows(rows)
print("done")
