-- level1_undo.sql: the app's tables as they were
ALTER TABLE public.product_variant DROP omni_sku;
ALTER TABLE public.customer DROP omni_email, DROP omni_phone;
ALTER TABLE public."order" DROP omni_state;
