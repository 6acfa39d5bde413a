export const HOW_TO_INSTALL =
  'Install it (Debian and Ubuntu: `apt install openmpi-bin libopenmpi3`; macOS: `brew install ' +
  'open-mpi`), or start the run without --workers and mpirun.'
