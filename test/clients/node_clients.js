// node pg, and Cube's postgres driver over it. Prints TAP lines.
const { Client } = require('pg');

let number = 0;
function ok(condition, name, detail) {
  number += 1;
  console.log(`${condition ? 'ok' : 'not ok'} ${number} - ${name}`);
  if (!condition) console.log(`# ${JSON.stringify(detail)}`);
}

const config = {
  host: process.env.CLIENT_HOST, port: Number(process.env.CLIENT_PORT),
  user: 'client', password: process.env.CLIENT_PASSWORD, database: 'clients',
};

async function nodePg() {
  const client = new Client(config);
  await client.connect();
  for (const path of ['"$user", public, omni', "''"]) {
    await client.query(`SET search_path = ${path}`);
    for (const [column, value, expected] of [['sku', ' ts-red-42', 'TS-RED-42'], ['email', 'USER42@example.com', 'user42@example.com'],
      ['phone', '+49 30 2000042', '+49302000042'], ['identifier', 'user_id:42', 'user_id:42']]) {
      const r = await client.query(`SELECT id, ${column} AS v FROM public.item WHERE ${column} = $1`, [value]);
      ok(r.rows.length === 1 && r.rows[0].v === expected, `node pg, ${path}: ${column} = $1 finds the row`, r.rows);
      const p = await client.query(`EXPLAIN (FORMAT JSON) SELECT id FROM public.item WHERE ${column} = $1`, [value]);
      ok(/Index/.test(JSON.stringify(p.rows)), `node pg, ${path}: ${column} = $1 uses the index`, p.rows);
      const t = await client.query(`EXPLAIN (FORMAT JSON) SELECT id FROM public.item WHERE ${column} = $1::text`, [value]);
      ok(/Index/.test(JSON.stringify(t.rows)), `node pg, ${path}: ${column} = $1::text uses the index`, t.rows);
    }
    const a = await client.query('SELECT id FROM public.item WHERE sku = ANY ($1::text[]) ORDER BY id', [['TS-RED-7', 'ts-red-9']]);
    ok(a.rows.map((r) => r.id).join() === '7,9', `node pg, ${path}: = ANY ($1::text[])`, a.rows);
    const b = await client.query('SELECT id FROM public.item WHERE sku = ANY ($1) ORDER BY id', [['TS-RED-7', 'ts-red-9']]);
    ok(b.rows.map((r) => r.id).join() === '7,9', `node pg, ${path}: = ANY ($1)`, b.rows);
    await client.query('INSERT INTO public.item (id, sku, email) VALUES (6001, $1, $2)', ['node-1', 'Node@Example.com']);
    const i = await client.query('SELECT sku, email FROM public.item WHERE id = 6001');
    ok(i.rows[0].sku === 'NODE-1' && i.rows[0].email === 'node@example.com', `node pg, ${path}: insert with strings`, i.rows);
    await client.query('DELETE FROM public.item WHERE id = 6001');
  }
  await client.end();
}

async function cube() {
  const { PostgresDriver } = require('@cubejs-backend/postgres-driver');
  const driver = new PostgresDriver({ ...config, max: 1 });
  await driver.testConnection();
  const schema = await driver.tablesSchema();
  const views = schema.shop_bi || {};
  ok(Object.keys(views).length >= 11, `Cube sees ${Object.keys(views).length} views`, Object.keys(schema));
  for (const [view, columns] of Object.entries(views)) {
    const rows = await driver.query(`SELECT * FROM shop_bi.${view} LIMIT 10`, []);
    ok(rows.length === 0 || Object.keys(rows[0]).length === columns.length, `Cube reads ${view} with its ${columns.length} columns`, rows[0]);
    const known = columns.every((c) => /^(text|character varying|numeric|bigint|boolean|date|timestamp with time zone)$/.test(c.type));
    ok(known, `Cube knows each type in ${view}`, columns);
  }
  const total = await driver.query('SELECT sum(net_amount) AS net, sum(orders) AS orders FROM shop_bi.kpi_daily WHERE channel_code = $1', ['web']);
  ok(Number(total[0].net) === 1990 && Number(total[0].orders) === 100, 'Cube aggregates kpi_daily', total);
  await driver.release();
}

(async () => {
  for (const test of [nodePg, cube]) {
    try { await test(); } catch (e) { ok(false, `${test.name} works`, String(e)); }
  }
  console.log(`1..${number}`);
  process.exit(0);
})();
