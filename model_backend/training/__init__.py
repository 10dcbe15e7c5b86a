"""What training needs beside the networks: losses and augmentation, as pure functions."""
