// A log of the trusted root, opened by the version of its interface.
import type { Http } from '../system/http.ts'
import type { LogAuthority } from '../trust/root.ts'
import { patient } from './client-head.ts'
import type { LogView } from './client-log.ts'
import { createView1 } from './client-log-v1.ts'
import { createView2 } from './client-log-v2.ts'

/** @param version of the log's interface */
export function createLogView(http: Http, log: LogAuthority, version: 1 | 2): LogView {
  const by = patient(http)
  return version === 1 ? createView1(by, log) : createView2(by, log)
}
