// What is used of the parts of istanbul that bring no types.

declare module 'istanbul-lib-instrument' {
  import type { FileCoverageData } from 'istanbul-lib-coverage'

  export interface Instrumenter {
    instrumentSync(code: string, filename: string): string
    lastFileCoverage(): FileCoverageData
  }

  export function createInstrumenter(options: {
    readonly coverageVariable: string
    readonly coverageGlobalScope: string
    readonly coverageGlobalScopeFunc: boolean
    readonly compact: boolean
    readonly esModules: boolean
  }): Instrumenter
}

declare module 'istanbul-lib-source-maps' {
  import type { CoverageMap } from 'istanbul-lib-coverage'

  export interface MapStore {
    registerMap(file: string, map: object): void
    transformCoverage(coverage: CoverageMap): Promise<CoverageMap>
    dispose(): void
  }

  export function createSourceMapStore(): MapStore
}

declare module 'istanbul-lib-report' {
  import type { CoverageMap } from 'istanbul-lib-coverage'

  export interface Context {
    readonly dir: string
  }

  export function createContext(options: { readonly dir: string; readonly coverageMap: CoverageMap }): Context
}

declare module 'istanbul-reports' {
  import type { Context } from 'istanbul-lib-report'

  export function create(
    report: 'lcovonly',
    options: { readonly file: string; readonly projectRoot: string },
  ): { execute(context: Context): void }
}
