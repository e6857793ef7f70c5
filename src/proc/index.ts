export { createAccounts } from './accounts.ts';
export { instantOfTicks, readBoot, ticksOfInstant } from './boot.ts';
export type { Boot } from './boot.ts';
export type { ControlGroup } from './control-group.ts';
export { createAlarm, forwardOnly, poll } from './poll.ts';
export type { Alarm, Pace, Poll } from './poll.ts';
export { ProcError } from './proc-error.ts';
export { createProcFiles } from './proc-files.ts';
export type { ProcFiles } from './proc-files.ts';
export {
  readControlGroup,
  readExecutable,
  readNetworkNamespace,
  readStat,
  readUserId,
  readWorkingDirectory,
} from './process-details.ts';
export type { ProcessStat } from './process-stat.ts';
export { programNames } from './program-names.ts';
export { createProcessTable } from './process-table.ts';
export type { LiveProcess, ProcessTable } from './process-table.ts';
export { isConnected, isListening, SOCKET_STATE } from './socket-cursor.ts';
export { findSocketOwners, holdsSocket } from './socket-owners.ts';
export type { OwnerSearch, SocketOwner } from './socket-owners.ts';
export { readSocketTables } from './socket-tables.ts';
export type { SocketTable } from './socket-tables.ts';
