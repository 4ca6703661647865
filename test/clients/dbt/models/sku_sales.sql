-- a model over the store: typed again, so that joins on it are exact
select sku::omni.sku as sku, min(state) as state, sum(qty) as units, sum(net_amount) as net_amount
from {{ source('shop', 'fact_order_line') }}
group by 1
