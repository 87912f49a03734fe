"""The product as its users meet it: reference data, and a day of a real community."""
