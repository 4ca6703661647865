/* ---- orders: order_state, order_quantities, payment status, platform states ---- */
