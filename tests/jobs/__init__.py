"""The Glue jobs, on emulated AWS services or stubs of them."""
