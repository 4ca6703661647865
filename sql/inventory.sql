/* ---- inventory: demand, supply, allocation, available to promise ---- */
