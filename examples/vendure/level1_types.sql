-- level1_types.sql: omni's types on Vendure's own tables, nothing else. Each is a generated column beside the app's: the app
-- goes on writing what it writes, a damaged value is NULL here, and T_problem() tells why. Nothing of the app's is changed.
ALTER TABLE public.product_variant ADD omni_sku omni.sku GENERATED ALWAYS AS (omni.sku_try(sku)) STORED;
ALTER TABLE public.customer
    ADD omni_email omni.email GENERATED ALWAYS AS (omni.email_try("emailAddress")) STORED,
    ADD omni_phone omni.phone GENERATED ALWAYS AS (omni.phone_try("phoneNumber", 'DE')) STORED;
ALTER TABLE public."order" ADD omni_state omni.order_state GENERATED ALWAYS AS (omni.order_state_from_try('vendure', state)) STORED;

CREATE INDEX product_variant_omni_sku ON public.product_variant (omni_sku);
CREATE INDEX customer_omni_email ON public.customer (omni_email);
