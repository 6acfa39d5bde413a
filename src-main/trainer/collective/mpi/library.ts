import koffi from 'koffi'
import { MissingMpiError } from '../collective.ts'
import { HOW_TO_INSTALL } from './how-to-install.ts'

/** A handle, address or number as C takes it. */
export type Word = bigint | number

type Call = (...words: Word[]) => number

const MPI_CALLS = {
  MPI_Init_thread: 4,
  MPI_Finalize: 0,
  MPI_Comm_rank: 2,
  MPI_Comm_size: 2,
  MPI_Comm_dup: 2,
  MPI_Comm_set_errhandler: 2,
  MPI_Test: 3,
  MPI_Cancel: 1,
  MPI_Request_free: 1,
  MPI_Isend: 7,
  MPI_Irecv: 7,
  MPI_Ibarrier: 2,
  MPI_Ibcast: 6,
  MPI_Iallreduce: 7,
  MPI_Iallgather: 8,
  MPI_Ialltoall: 8,
} as const

/** Open MPI's functions and the handles of its ABI. */
export interface MpiLibrary {
  call: Record<keyof typeof MPI_CALLS, Call>
  world: bigint
  float: bigint
  int32: bigint
  uint16: bigint
  byte: bigint
  sum: bigint
  errorsReturn: bigint
}

/** Open MPI's, from `mpi.h`. */
export const IN_PLACE = 1n
export const NO_STATUS = 0n
export const THREAD_FUNNELED = 1

const NAMES =
  process.platform === 'darwin'
    ? ['libmpi.40.dylib', '/opt/homebrew/lib/libmpi.dylib', '/usr/local/lib/libmpi.dylib']
    : ['libmpi.so.40', 'libmpi.so']

/**
 * Loads Open MPI into this process. `FAME_LIBMPI` names its library where it is not at a known place.
 * @throws MissingMpiError when it is missing, or another MPI, whose ABI differs
 */
export function loadMpi(names: readonly string[] = namesToTry()): MpiLibrary {
  const library = open(names)
  const handle = (symbol: string): bigint => {
    try {
      return library.symbol(symbol) as bigint
    } catch {
      throw new MissingMpiError(
        `The MPI library is not Open MPI: it has no ${symbol}. Other implementations, such as MPICH, ` +
          `cannot be used. ${HOW_TO_INSTALL}`,
      )
    }
  }
  const world = handle('ompi_mpi_comm_world')
  const call = Object.fromEntries(
    Object.entries(MPI_CALLS).map(([name, words]) => {
      const types = Array<string>(words).fill('uintptr_t')
      return [name, library.func(name, 'int', types)]
    }),
  ) as unknown as MpiLibrary['call']
  return {
    call,
    world,
    float: handle('ompi_mpi_float'),
    int32: handle('ompi_mpi_int32_t'),
    uint16: handle('ompi_mpi_uint16_t'),
    byte: handle('ompi_mpi_byte'),
    sum: handle('ompi_mpi_op_sum'),
    errorsReturn: handle('ompi_mpi_errors_return'),
  }
}

function namesToTry(): readonly string[] {
  const { FAME_LIBMPI: named } = process.env
  return named ? [named] : NAMES
}

function open(names: readonly string[]): ReturnType<typeof koffi.load> {
  let reason = ''
  for (const name of names) {
    try {
      return koffi.load(name)
    } catch (error) {
      reason = error instanceof Error ? error.message : String(error)
    }
  }
  throw new MissingMpiError(
    `Open MPI's library (${names[0]}) cannot be loaded (${reason}). ${HOW_TO_INSTALL}`,
  )
}

/** Where memory that does not move begins. @param view over shared memory */
export function addressOf(view: ArrayBufferView<SharedArrayBuffer>): bigint {
  return koffi.address(view)
}
