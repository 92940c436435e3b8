"""The detector behind HTTP on the person's own machine, and a web page to drop pictures on."""
