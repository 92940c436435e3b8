"""Nothing, in the place of the package jax.

tensorflowjs requires jax, jaxlib and flax to convert JAX functions. We convert
SavedModels, so that nothing here would ever run them, and they take 465 MB.
Installed under their names, this and its two neighbours satisfy pip.

None of the three brings a module of that name: Keras, SciPy and others look
whether JAX can be imported and would use it. The one import that tensorflowjs
makes of it is met in converter/environment.py.
"""
