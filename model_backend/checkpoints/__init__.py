"""Files of models from elsewhere: recognised, checked, and loaded without running their code."""
