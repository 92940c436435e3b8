"""An empty stand-in for the package tensorflow-decision-forests.

tensorflowjs imports `tensorflow_decision_forests` for one effect only: the
import registers TensorFlow's decision-forest operations, so that saved models
made of decision trees can be converted. Our models are convolutional networks
and hold no such operation.

The real package pins one exact TensorFlow release, has no build for Python
3.12 or 3.13 that goes with a current TensorFlow, and brings a `ydf` that
needs a newer protobuf than TensorFlow accepts. With it, pip either refuses
(ResolutionImpossible) or installs a converter that fails at import.

So requirements.txt names this folder instead. It satisfies tensorflowjs's
requirement and gives it something to import. It has no functions: a program
that really wants decision forests fails at once with an AttributeError.
"""
