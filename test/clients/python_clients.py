"""psycopg 2, psycopg 3 (text and binary), SQLAlchemy 2 and ODBC, as an app uses them.

Each client: "= parameter" with a string uses the index, insert with a string works, arrays work as documented, the
store's functions take and give plain values, no view fails or loses a column. Prints TAP lines.
"""
import json
import os
import sys

HOST, PORT, PASSWORD = os.environ["CLIENT_HOST"], os.environ["CLIENT_PORT"], os.environ["CLIENT_PASSWORD"]
CASES = [
    ("sku", " ts-red-42 ", "TS-RED-42"),
    ("gtin", None, None),
    ("email", "User42@EXAMPLE.com", "user42@example.com"),
    ("phone", "+49 30 2000042", "+49302000042"),
    ("identifier", "user_id:42", "user_id:42"),
]
number = 0


def ok(condition, name, detail=""):
    global number
    number += 1
    print(f"{'ok' if condition else 'not ok'} {number} - {name}")
    if not condition:
        print(f"# {detail}")


def uses_index(plan):
    text = json.dumps(plan) if not isinstance(plan, str) else plan
    return "Index" in text and "Seq Scan" not in text


def check(name, run, mark, array, binary=False):
    """run(sql, params) -> rows; mark = the driver's placeholder; array(list) = how it binds a list"""
    for path in ('"$user", public, omni', ""):
        label = f"{name}, search_path = {path or 'empty'}"
        run(f"SET search_path = {path}" if path else "SET search_path = ''", None)
        cases = [(c, v, e) for c, v, e in CASES]
        gtin = run("SELECT pg_catalog.concat(gtin) FROM public.item WHERE id = 42", None)[0][0]
        cases[1] = ("gtin", gtin[:4] + " " + gtin[4:], gtin)
        for column, value, expected in cases:
            rows = run(f"SELECT id, CAST({column} AS text) FROM public.item WHERE {column} = {mark}", [value])
            ok([tuple(r) for r in rows] == [(42, expected)], f"{label}: {column} = string finds the row", rows)
            plan = run(f"EXPLAIN (FORMAT JSON) SELECT id FROM public.item WHERE {column} = {mark}", [value])
            ok(uses_index(plan[0][0]), f"{label}: {column} = string uses the index", plan)
        rows = run(f"SELECT id FROM public.item WHERE sku = ANY ({mark}) ORDER BY id", [array(["TS-RED-7", "ts-red-9"])])
        ok([r[0] for r in rows] == [7, 9], f"{label}: = ANY (array of strings)", rows)
        plan = run(f"EXPLAIN (FORMAT JSON) SELECT id FROM public.item WHERE sku = ANY (CAST({mark} AS omni.sku[]))", [array(["TS-RED-7", "TS-RED-9"])])
        ok(uses_index(plan[0][0]), f"{label}: = ANY (array cast to omni.sku[]) uses the index", plan)
        run(f"INSERT INTO public.item (id, sku, gtin, email, phone, identifier) VALUES (6000, {mark}, {mark}, {mark}, {mark}, {mark})",
            ["new-1", "96385074", "New@Example.com", "+1 202 555 0123", "user_id:new"])
        rows = run("SELECT sku, gtin, email, phone, identifier FROM public.item WHERE id = 6000", None)
        if binary:
            ok(all(v is not None for v in rows[0]), f"{label}: binary values arrive", rows)
        else:
            ok([str(v) for v in rows[0]] == ["NEW-1", "00000096385074", "new@example.com", "+12025550123", "user_id:new"],
               f"{label}: inserted strings come back canonical", rows)
        run("DELETE FROM public.item WHERE id = 6000", None)
        rows = run(f"SELECT shop.resolve_sku({mark}, {mark})", [" ts-red-5", "web"])
        ok(rows[0][0] == "TS-RED-5", f"{label}: a store function takes and gives strings", rows)
        views = run("SELECT c.relname, pg_catalog.count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
                    "WHERE c.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = 'shop_bi') AND c.relkind = 'v' GROUP BY 1 ORDER BY 1", None)
        for view, columns in views:
            rows = run(f"SELECT * FROM shop_bi.{view} LIMIT 20", None)
            ok(all(len(r) == columns for r in rows) and (len(rows) > 0 or view == "dim_location"), f"{label}: view {view}", rows[:1])
        ok(len(views) >= 11, f"{label}: {len(views)} views", views)


def psycopg2_client():
    import psycopg2
    connection = psycopg2.connect(host=HOST, port=PORT, user="client", password=PASSWORD, dbname="clients")
    connection.autocommit = True
    cursor = connection.cursor()

    def run(sql, params):
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []

    check(f"psycopg2 {psycopg2.__version__.split()[0]}", run, "%s", lambda v: v)


def psycopg3_client(binary):
    import psycopg
    connection = psycopg.connect(host=HOST, port=PORT, user="client", password=PASSWORD, dbname="clients", autocommit=True)
    cursor = connection.cursor(binary=binary)
    mark = "%b" if binary else "%s"

    def run(sql, params):
        cursor.execute(sql, params)
        return cursor.fetchall() if cursor.description else []

    check(f"psycopg {psycopg.__version__}{' binary' if binary else ''}", run, mark, lambda v: v, binary)


def sqlalchemy_client():
    import sqlalchemy
    url = sqlalchemy.URL.create("postgresql+psycopg", "client", PASSWORD, HOST, int(PORT), "clients")
    engine = sqlalchemy.create_engine(url, isolation_level="AUTOCOMMIT")
    connection = engine.connect()

    def run(sql, params):
        parts = sql.split("?")
        text = "".join(part + (f":p{i}" if i < len(parts) - 1 else "") for i, part in enumerate(parts))
        result = connection.execute(sqlalchemy.text(text), {f"p{i}": v for i, v in enumerate(params or [])})
        return result.fetchall() if result.returns_rows else []

    check(f"SQLAlchemy {sqlalchemy.__version__}", run, "?", lambda v: v)
    # the expression language, over a reflected table: unknown types come as they are
    table = sqlalchemy.Table("item", sqlalchemy.MetaData(), sqlalchemy.Column("id", sqlalchemy.Integer), sqlalchemy.Column("sku", sqlalchemy.String), schema="public")
    rows = connection.execute(sqlalchemy.select(table.c.id).where(table.c.sku == "ts-red-8")).fetchall()
    ok([r[0] for r in rows] == [8], "SQLAlchemy: a mapped String column compares", rows)


def odbc_client():
    import pyodbc
    connection = pyodbc.connect(f"Driver={{PostgreSQL Unicode}};Server={HOST};Port={PORT};Database=clients;UID=client;PWD={PASSWORD}", autocommit=True)
    cursor = connection.cursor()

    def run(sql, params):
        cursor.execute(sql, params) if params else cursor.execute(sql)
        return cursor.fetchall() if cursor.description else []

    check("ODBC", run, "?", lambda v: "{" + ",".join('"' + x + '"' for x in v) + "}")


for client in (psycopg2_client, lambda: psycopg3_client(False), lambda: psycopg3_client(True), sqlalchemy_client, odbc_client):
    try:
        client()
    except Exception as error:  # a client that cannot be used at all is one failure
        ok(False, f"{getattr(client, '__name__', 'client')} works", repr(error).replace("\n", " "))
print(f"1..{number}")
sys.exit(0)
