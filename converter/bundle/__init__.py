"""What a bundle is made of besides the networks' forms, and how it is put together."""
