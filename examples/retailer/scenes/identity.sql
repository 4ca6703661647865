\set ECHO queries
\pset footer off
\echo
\echo 'Three more systems keep contacts, typed by people: misspelled, moved, fields missing. Families share a phone. First, who shares an identifier is one customer:'
CREATE VIEW staging.judged AS
SELECT (SELECT count(*) FROM shop.customers WHERE merged_into IS NULL) AS customers, e.true_pairs, e.predicted_pairs AS found, e.common_pairs AS right, round(e.precision::numeric, 3) AS precision, round(e.recall::numeric, 3) AS recall, round(e.f1::numeric, 3) AS f1
FROM (SELECT array_agg(coalesce(k.merged_into, k.customer_id)::text) AS customers, array_agg(t.person::text) AS people
      FROM staging.truth_contact t JOIN shop.source_records r USING (source, record_id) JOIN shop.customers k USING (customer_id)) x, omni.cluster_evaluate(x.customers, x.people) e;
SELECT f.feed, i.* FROM unnest('{crm,newsletter,support}'::text[]) f(feed), shop.ingest(('staging.' || f.feed)::regclass, f.feed,
    '{"record_id": "record_id", "observed_at": "seen_at", "identifiers": {"contact": "record_id", "email": "email", "email_key": "mailbox", "phone": {"column": "phone", "region": "DE"}, "account": "account"},
      "attributes": ["first_name", "last_name", "birth_date", "postal_code", "city"]}') i;
SELECT * FROM staging.judged;
\echo 'Limits stop wrong merges: one person has one account and one card. What they refuse is kept, with the reason:'
SELECT * FROM shop.set_merge_limits('{"limits": {"account": 1, "loyalty": 1}, "priority": ["account", "loyalty", "email", "email_key"]}');
SELECT kind, reason, refused, records, evidence, refused_share FROM shop_bi.identity_refusals ORDER BY refused DESC, kind LIMIT 4;
SELECT identifier, source, record_id, reason FROM shop.refusals WHERE source = 'crm' ORDER BY record_id, identifier LIMIT 2;
SELECT * FROM staging.judged;
\echo 'Now the contacts that share no identifier. A model is trained on them, without labels:'
CREATE TABLE staging.person AS
SELECT s.source || ' ' || s.record_id AS unique_id, s.source, s.record_id, omni.name_key(s.profile OPERATOR(omni.->>) 'first_name') AS first_name, omni.name_key(s.profile OPERATOR(omni.->>) 'last_name') AS last_name,
       s.profile OPERATOR(omni.->>) 'birth_date' AS birth_date, s.profile OPERATOR(omni.->>) 'postal_code' AS postal_code, c.mailbox::text AS mailbox, omni.phone_try(c.phone, 'DE')::text AS phone
FROM shop.source_records s JOIN (SELECT * FROM staging.crm UNION ALL SELECT * FROM staging.newsletter UNION ALL SELECT * FROM staging.support) c USING (source, record_id);
CREATE TABLE staging.model AS SELECT omni.match_train('staging.person', '{
  "link_type": "dedupe_only",
  "blocking_rules_to_generate_predictions": ["l.mailbox = r.mailbox", "l.phone = r.phone", "l.birth_date = r.birth_date", "l.last_name = r.last_name AND l.postal_code = r.postal_code"],
  "comparisons": [{"column": "first_name", "kind": "jaro_winkler", "thresholds": [0.9, 0.7], "term_frequency": true}, {"column": "last_name", "kind": "jaro_winkler", "thresholds": [0.9, 0.7], "term_frequency": true},
    {"column": "birth_date", "kind": "levenshtein", "thresholds": [1, 2]}, {"column": "postal_code", "kind": "exact", "term_frequency": true}, {"column": "mailbox", "kind": "jaro_winkler", "thresholds": [0.95]}, {"column": "phone", "kind": "exact"}]}') AS model;
\echo 'Why two of them weigh what they weigh, column by column: a name misspelled, written with and without umlaut, another city, and still the same man:'
SELECT unique_id, first_name, last_name, birth_date, postal_code, mailbox FROM staging.person WHERE unique_id IN ('crm C000042', 'crm C000049');
SELECT comparison, label, round(match_weight::numeric, 1) AS weight, round(tf_adjustment::numeric, 1) AS rarity, round(total::numeric, 1) AS total
FROM staging.model, omni.match_explain('staging.person', model, 'crm C000042', 'crm C000049');
\echo 'Pairs that weigh enough are evidence as well, weaker than identifiers, within the same limits. Judged by who really is behind each contact:'
INSERT INTO shop.links (source, record_id, other_source, other_record_id, weight)
SELECT l.source, l.record_id, r.source, r.record_id, p.match_weight
FROM staging.model, omni.match_predict('staging.person', model, 5) p JOIN staging.person l ON l.unique_id = p.id_l JOIN staging.person r ON r.unique_id = p.id_r;
SELECT * FROM shop.rebuild_identities();
SELECT * FROM staging.judged;
\echo 'Two customers are declared one, and the day after not to be. Every golden record is as it was before:'
CREATE TEMP TABLE before AS SELECT customer_key, golden FROM shop_pii.customer_golden;
SELECT shop.customer_of('contact:C000014') AS one, shop.customer_of('contact:C000028') AS two \gset
SELECT shop.merge_customers(:one, :two, 'said so on the phone') AS survivor;
SELECT count(*) - (SELECT count(*) FROM before) AS customers_more, (SELECT count(*) FROM (SELECT customer_key, golden FROM shop_pii.customer_golden EXCEPT SELECT * FROM before) d) AS customers_changed FROM shop_pii.customer_golden;
SELECT shop.undo_decision(max(decision)) FROM shop.links;
SELECT count(*) - (SELECT count(*) FROM before) AS customers_more, (SELECT count(*) FROM (SELECT customer_key, golden FROM shop_pii.customer_golden EXCEPT SELECT * FROM before) d) AS customers_changed FROM shop_pii.customer_golden;
SELECT action, cause, taken_back_at IS NULL AS holds FROM shop_bi.merge_history ORDER BY entry_key::bigint DESC LIMIT 4;
\echo 'Plain SQL would need: a recursive query that stops at limits, a Fellegi-Sunter model outside the database, and a backup from before the merge.'
