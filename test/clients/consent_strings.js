// Random strings that IAB's own libraries make, @iabtcf/core and @iabgpp/cmpapi: omni decodes them to what these libraries decode
// them to, answers for single vendors and purposes as they do, and encodes them to the same text. Prints TAP lines.
const { Client } = require('pg');
const { TCModel, TCString, GVL, PurposeRestriction, Segment } = require('@iabtcf/core');
const { GppModel, ...gppLibrary } = require('@iabgpp/cmpapi');

const STRINGS = 1000;
let number = 0;
function ok(condition, name, detail) {
  number += 1;
  console.log(`${condition ? 'ok' : 'not ok'} ${number} - ${name}`);
  if (!condition) console.log(`# ${JSON.stringify(detail)}`);
}

// the generator of Park and Miller: the same strings everywhere
let state = 42;
function random(n) {
  state = (state * 16807) % 2147483647;
  return state % n;
}
const some = (least, most, one) => {
  const ids = [];
  for (let i = least; i <= most; i += 1) if (random(one) === 0) ids.push(i);
  return ids;
};
// IDs alone or in runs, near or far
function vendors(most) {
  const ids = new Set();
  for (let n = random(12); n > 0; n -= 1) {
    const first = 1 + random(most);
    for (let id = first, last = Math.min(most, first + (random(2) ? random(60) : 0)); id <= last; id += 1) ids.add(id);
  }
  return [...ids].sort((a, b) => a - b);
}

// a global vendor list whose vendors may have all restrictions
const list = { gvlSpecificationVersion: 3, vendorListVersion: 48, tcfPolicyVersion: 5, lastUpdated: '2026-01-01T00:00:00Z', purposes: {}, specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {}, vendors: {} };
const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
all.forEach((id) => { list.purposes[id] = { id, name: `${id}`, description: '', illustrations: [] }; });
for (let id = 1; id <= 2000; id += 1) {
  list.vendors[id] = { id, name: `${id}`, purposes: id % 2 ? all : [], legIntPurposes: id % 2 ? [] : all.slice(1), flexiblePurposes: all.slice(1), specialPurposes: [], features: [], specialFeatures: [] };
}

const gvl = new GVL(list);
function randomTcf() {
  const m = new TCModel(gvl);
  m.cmpId = 2 + random(4000);
  m.cmpVersion = random(4096);
  m.consentScreen = random(64);
  m.consentLanguage = ['EN', 'DE', 'FR', 'PL'][random(4)];
  m.publisherCountryCode = ['DE', 'AA', 'ZZ', 'US'][random(4)];
  m.isServiceSpecific = true;
  m.useNonStandardStacks = random(2) === 1;
  m.purposeOneTreatment = random(2) === 1;
  m.specialFeatureOptins.set(some(1, 2, 2));
  m.purposeConsents.set(some(1, 11, 2));
  m.purposeLegitimateInterests.set(some(7, 11, 2));
  const most = [5, 100, 900, 2000][random(4)];
  m.vendorConsents.set(vendors(most));
  m.vendorLegitimateInterests.set(vendors(most));
  const segments = [Segment.CORE];
  if (random(2)) { m.vendorsDisclosed.set(vendors(most)); segments.push(Segment.VENDORS_DISCLOSED); }
  if (random(2)) { m.vendorsAllowed.set(vendors(most)); segments.push(Segment.VENDORS_ALLOWED); }
  if (random(2)) {
    m.publisherConsents.set(some(1, 24, 2));
    m.publisherLegitimateInterests.set(some(2, 24, 2));
    m.numCustomPurposes = random(64);
    if (m.numCustomPurposes) {
      m.publisherCustomConsents.set(some(1, m.numCustomPurposes, 2));
      m.publisherCustomLegitimateInterests.set(some(1, m.numCustomPurposes, 2));
    }
    segments.push(Segment.PUBLISHER_TC);
  }
  for (let n = random(30); n > 0; n -= 1) {
    const id = 1 + random(most);
    m.publisherRestrictions.add(id, new PurposeRestriction(2 + random(10), [0, id % 2 ? 2 : 1][random(2)]));
  }
  m.created = new Date(Date.UTC(2020 + random(7), random(12), 1 + random(28)));
  m.lastUpdated = m.created;
  return { s: TCString.encode(m, { segments }), segments };
}

const tcfNames = {
  version: 'version', cmpId: 'cmpId', cmpVersion: 'cmpVersion', consentScreen: 'consentScreen', consentLanguage: 'consentLanguage', vendorListVersion: 'vendorListVersion', policyVersion: 'tcfPolicyVersion',
  isServiceSpecific: 'isServiceSpecific', useNonStandardStacks: 'useNonStandardStacks', purposeOneTreatment: 'purposeOneTreatment', publisherCountryCode: 'publisherCountryCode', created: 'created', lastUpdated: 'lastUpdated',
  specialFeatureOptins: 'specialFeatureOptIns', purposeConsents: 'purposeConsent', purposeLegitimateInterests: 'purposesLITransparency', vendorConsents: 'vendorConsent', vendorLegitimateInterests: 'vendorLegitimateInterest',
};
const segmentNames = {
  [Segment.VENDORS_DISCLOSED]: { vendorsDisclosed: 'disclosedVendors' }, [Segment.VENDORS_ALLOWED]: { vendorsAllowed: 'allowedVendors' },
  [Segment.PUBLISHER_TC]: { publisherConsents: 'pubPurposesConsent', publisherLegitimateInterests: 'pubPurposesLITransparency', numCustomPurposes: 'numCustomPurposes', publisherCustomConsents: 'customPurposesConsent', publisherCustomLegitimateInterests: 'customPurposesLITransparency' },
};
// what the library reads, under omni's names
function expectedTcf(s, segments) {
  const m = TCString.decode(s);
  const names = { ...tcfNames };
  segments.forEach((x) => Object.assign(names, segmentNames[x]));
  const o = {};
  for (const [theirs, ours] of Object.entries(names)) {
    const v = m[theirs];
    o[ours] = v instanceof Date ? v.toISOString() : v && typeof v.values === 'function' ? [...v.values()].sort((a, b) => a - b) : v;
  }
  o.pubRestrictionEntry = m.publisherRestrictions.getRestrictions().map((r) => ({ purposeId: r.purposeId, restrictionType: r.restrictionType, vendors: m.publisherRestrictions.getVendors(r).sort((a, b) => a - b) }));
  o.pubRestrictionEntry.sort((a, b) => a.purposeId - b.purposeId || a.restrictionType - b.restrictionType);
  return o;
}

const sorted = (o) => (Array.isArray(o) ? o.map(sorted) : o && typeof o === 'object' && !(o instanceof Date) ? Object.fromEntries(Object.keys(o).sort().map((k) => [k, sorted(o[k])])) : o);
const same = (a, b) => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

async function tcf(client) {
  const wrong = { decoded: [], encoded: [], asked: [] };
  let longest = 0;
  let vendorsAsked = 0;
  let restrictions = 0;
  let equal = 0;
  for (let i = 0; i < STRINGS; i += 1) {
    const { s, segments } = randomTcf();
    const expected = expectedTcf(s, segments);
    longest = Math.max(longest, s.length);
    restrictions += expected.pubRestrictionEntry.length;
    const r = (await client.query('SELECT omni.tcf_decode($1) AS d, omni.tcf_encode(omni.tcf_decode($1)) AS e', [s])).rows[0];
    delete r.d.warnings;
    r.d.pubRestrictionEntry.sort((a, b) => a.purposeId - b.purposeId || a.restrictionType - b.restrictionType);
    if (!same(r.d, expected)) wrong.decoded.push({ s, keys: Object.keys(expected).filter((k) => !same(r.d[k], expected[k])).map((k) => [k, r.d[k], expected[k]]) });
    // the library takes ranges where bits are shorter now and then, and has restrictions in an order of its own
    if (r.e === s) equal += 1;
    if (r.e.length > s.length || !same(expectedTcf(r.e, segments), expected)) wrong.encoded.push({ s, e: r.e });
    const ids = [1, 1 + random(2000), ...expected.vendorConsent.slice(0, 2), ...expected.pubRestrictionEntry.slice(0, 2).flatMap((x) => x.vendors.slice(0, 2))];
    const asked = (await client.query('SELECT v, p, omni.tcf_allows($1, v, p) AS a FROM unnest($2::int[]) v, generate_series(1, 11) p', [s, ids])).rows;
    vendorsAsked += asked.length;
    for (const { v, p, a } of asked) {
      const refused = expected.pubRestrictionEntry.some((x) => x.purposeId === p && x.restrictionType !== 1 && x.vendors.includes(v));
      if (a !== (expected.vendorConsent.includes(v) && expected.purposeConsent.includes(p) && !refused)) wrong.asked.push({ s, v, p, a });
    }
  }
  ok(wrong.decoded.length === 0, `${STRINGS} random TC strings of @iabtcf/core, up to ${longest} characters, with ${restrictions} restrictions, decode equal`, wrong.decoded[0]);
  ok(wrong.encoded.length === 0, `and are encoded to what it decodes equal and is no longer, ${equal} of them to the same text`, wrong.encoded[0]);
  ok(wrong.asked.length === 0, `${vendorsAsked} questions for a vendor and a purpose are answered as it says`, wrong.asked[0]);
}

// a random value for a field, by the value that it has before
function randomField(name, value) {
  if (/Notice$/.test(name) && typeof value === 'string') return ['Y', 'N', '-'][random(3)];
  if (/^(OptOutSale|LspaCovered)$/.test(name)) return ['Y', 'N', '-'][random(3)];
  if (typeof value === 'boolean') return random(2) === 1;
  if (value instanceof Date) return new Date(Date.UTC(2020 + random(7), random(12), 1 + random(28)));
  if (/^(VendorConsents|VendorLegitimateInterests|VendorExpressConsent|VendorImpliedConsent|VendorsDisclosed|VendorsAllowed|DisclosedVendors)$/.test(name)) return vendors([5, 100, 900, 2000][random(4)]);
  if (Array.isArray(value)) return value.map((x) => (typeof x === 'boolean' ? random(2) === 1 : random(3)));
  if (/^(CmpId|CmpVersion|VendorListVersion)$/.test(name)) return random(4096);
  if (/^(ConsentScreen|PolicyVersion|TcfPolicyVersion)$/.test(name)) return random(64);
  if (name === 'MspaCoveredTransaction') return 1 + random(2);
  if (typeof value === 'number' && !/Version|SegmentType|NumCustomPurposes/.test(name)) return random(3);
  return value;
}

const sections = Object.values(gppLibrary.Sections.SECTION_ID_NAME_MAP ? Object.fromEntries(gppLibrary.Sections.SECTION_ID_NAME_MAP) : {});

async function gpp(client) {
  const wrong = { decoded: [], encoded: [], optedOut: [] };
  const seen = {};
  let longest = 0;
  let equal = 0;
  for (let i = 0; i < STRINGS; i += 1) {
    const model = new GppModel();
    for (const name of sections) {
      if (random(6) !== 0) continue;
      model.setFieldValue(name, name === 'uspv1' ? 'Notice' : name === 'tcfeuv2' || name === 'tcfcav1' ? 'CmpId' : 'SaleOptOut', name === 'uspv1' ? 'Y' : 1);
      for (const [field, value] of Object.entries(model.getSection(name))) {
        if (field === 'IsServiceSpecific') model.setFieldValue(name, field, true);
        else model.setFieldValue(name, field, randomField(field, value));
      }
      seen[name] = (seen[name] || 0) + 1;
    }
    const s = model.encode();
    longest = Math.max(longest, s.length);
    const expected = JSON.parse(JSON.stringify(new GppModel(s).toObject()));
    const r = (await client.query('SELECT omni.gpp_decode($1) AS d, omni.gpp_encode(omni.gpp_decode($1)) AS e, omni.gpp_opt_out($1, \'sale\') AS sale', [s])).rows[0];
    // the library shows segments that are not in the string as empty ones
    for (const [name, fields] of Object.entries(expected)) {
      for (const [field, value] of Object.entries(fields)) {
        if (/^(VendorsAllowed|DisclosedVendors)/.test(field) && (/SegmentType$/.test(field) || value.length === 0) && !(field in (r.d.sections[name] || {}))) delete fields[field];
      }
    }
    if (!same(r.d.sections, expected)) wrong.decoded.push({ s, ours: r.d.sections, theirs: expected });
    if (r.e === s) equal += 1;
    if (r.e.length > s.length || !same(new GppModel(r.e).toObject(), new GppModel(s).toObject())) wrong.encoded.push({ s, e: r.e });
    const values = Object.values(expected).flatMap((x) => [x.SaleOptOut, x.OptOutSale === 'Y' ? 1 : x.OptOutSale === 'N' ? 2 : 0, x.Gpc ? 1 : 0]);
    if (r.sale !== (values.includes(1) ? true : values.includes(2) ? false : null)) wrong.optedOut.push({ s, sale: r.sale });
  }
  ok(sections.length === 24 && sections.every((x) => seen[x] > 0), `${sections.length} kinds of sections`, seen);
  ok(wrong.decoded.length === 0, `${STRINGS} random GPP strings of @iabgpp/cmpapi, up to ${longest} characters, decode equal`, wrong.decoded[0]);
  ok(wrong.encoded.length === 0, `and are encoded to what it decodes equal and is no longer, ${equal} of them to the same text`, wrong.encoded[0]);
  ok(wrong.optedOut.length === 0, 'and say of a sale what their fields say', wrong.optedOut[0]);
}

(async () => {
  const client = new Client({ host: process.env.CLIENT_HOST, port: Number(process.env.CLIENT_PORT), user: 'client', password: process.env.CLIENT_PASSWORD, database: 'clients' });
  await client.connect();
  for (const test of [tcf, gpp]) {
    try { await test(client); } catch (e) { ok(false, `${test.name} works`, String(e.stack)); }
  }
  await client.end();
  console.log(`1..${number}`);
  process.exit(0);
})();
