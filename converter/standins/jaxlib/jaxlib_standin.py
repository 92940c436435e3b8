"""Nothing, in the place of the package jaxlib; see ../jax/jax_standin.py."""
