// What a script is told when the system refuses: in the script's own words for the path, never in the host's.
import { HostFunctionError } from '../host-function-error.ts'
import { errnoOf } from './folder.ts'

const REASONS: { readonly [errno: string]: string } = {
  EACCES: 'is closed to the application by the operating system',
  EPERM: 'is closed to the application by the operating system',
  EROFS: 'lies on a disk that cannot be written to',
  ENOSPC: 'does not fit on the disk',
  EDQUOT: 'does not fit on the disk',
  ETXTBSY: 'is in use',
  EBUSY: 'is in use',
  ENOTEMPTY: 'is a folder that is not empty',
  EEXIST: 'was changed by somebody else meanwhile',
  EISDIR: 'was changed by somebody else meanwhile',
  ENOTDIR: 'was changed by somebody else meanwhile',
  ELOOP: 'was changed by somebody else meanwhile',
}

/** The script-visible error that stands for one of the system; others stay as they are, and reach the script as `HOST_FAILURE`. */
export function asFileFailure(path: string, error: unknown): unknown {
  const errno = errnoOf(error) ?? ''
  if (errno === 'ENOENT') return HostFunctionError.of('FILE_NOT_FOUND', path)
  if (errno === 'ENAMETOOLONG') return HostFunctionError.of('FILE_PATH_INVALID', 'is longer than the disk allows')
  return Object.hasOwn(REASONS, errno) ? HostFunctionError.of('FILE_REFUSED', path, REASONS[errno] ?? '') : error
}
