"""The whole OpenAPI document asked of the whole product, well and badly."""
