"""Nothing, in the place of the package flax; see ../jax/jax_standin.py."""
