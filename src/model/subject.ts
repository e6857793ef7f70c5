import type { BuildSourceData } from './build-source.ts';
import type { Instant } from './instant.ts';
import type { AdvisorySourceData, CaseData, PackageListData, VexData, WaiverData } from './patch-facts.ts';
import type { PatchPolicyData } from './patch-policy.ts';
import type { Scope } from './scope.ts';

/** What each kind of subject looks like in a fact. Everything is plain JSON. */
export interface SubjectData {
  readonly node: NodeData;
  readonly instance: InstanceData;
  readonly image: ImageData;
  readonly address: AddressData;
  readonly team: TeamData;
  readonly environment: EnvironmentData;
  readonly service: ServiceData;
  readonly external: ExternalData;
  readonly call: CallData;
  readonly ownership: OwnershipData;
  readonly label: LabelData;
  readonly source: SourceData;
  readonly segment: SegmentData;
  readonly 'build-source': BuildSourceData;
  readonly 'package-list': PackageListData;
  readonly 'patch-policy': PatchPolicyData;
  readonly waiver: WaiverData;
  readonly vex: VexData;
  readonly case: CaseData;
  readonly 'advisory-source': AdvisorySourceData;
}

export type SubjectKind = keyof SubjectData;

/** A machine. Id: its host name. */
export interface NodeData {
  readonly os: string;
  readonly kernel: string;
  readonly architecture: string;
  /** `/proc/sys/kernel/random/boot_id` */
  readonly bootId: string;
  readonly cpus: number;
  readonly memoryBytes: number;
}

/** A tag or name together with the image's canonical identity. */
export interface ImageReference {
  /** As the instance was started from it: `docker.io/library/redis:7`. */
  readonly name: string;
  /** Config digest, `sha256:…`; null where the engine did not say. */
  readonly id: string | null;
}

/**
 * One running copy. Id: {@link containerInstanceId} or {@link processInstanceId}; never a name, an
 * address or a bare pid (invariant 3).
 */
export interface InstanceData {
  readonly kind: 'container' | 'process';
  readonly engine: string;
  readonly node: string;
  /** What people call it: container name; for a process its executable's file name. */
  readonly name: string;
  readonly images: readonly ImageReference[];
  /** From the allow-list only (invariant 11). */
  readonly labels: Readonly<Record<string, string>>;
  /** First process, in the node's pid namespace; null before it starts and after it ended. */
  readonly pid: number | null;
  readonly state: 'created' | 'running' | 'paused' | 'exited';
  readonly exitCode: number | null;
  /** Absolute path; never the argument vector (invariant 11). */
  readonly executable: string | null;
  /** Of a process: tells apart services that share an interpreter; absent where it can't be read. */
  readonly workingDirectory?: string | null;
  /** Sheerline's own process: it is known by that, not by the program that runs it. */
  readonly isControlPlane?: true;
  /** systemd unit, `nginx.service`. */
  readonly unit: string | null;
  /** Path in the unified (v2) hierarchy; null at its root, which says nothing. */
  readonly cgroup: string | null;
  readonly user: string | null;
  /** How it meets the network: engine network names, `host`, `none`, `container:<id>`. */
  readonly networks: readonly string[];
  /** Why it has no address, where it should have one; see {@link UnknownReason}. */
  readonly addressMissing: string | null;
}

/** Content. Id: the config digest. */
export interface ImageData {
  readonly names: readonly string[];
  /** Platform manifest and index digests: aliases of the same content. */
  readonly digests: readonly string[];
  /** Uncompressed layer ids, base first. */
  readonly diffIds: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly sizeBytes: number | null;
  readonly created: number | null;
  readonly platform: string | null;
}

export type HolderKind = 'instance' | 'service' | 'node' | 'external';

/**
 * Someone holds an address in a scope. Id: {@link addressId}. With `port` null the whole address;
 * with a port, a listening socket (`ip` may then be `0.0.0.0` or `::`).
 */
export interface AddressData {
  readonly scope: Scope;
  readonly ip: string;
  readonly port: number | null;
  readonly protocol: Protocol | null;
  readonly holder: { readonly kind: HolderKind; readonly id: string };
  /** Translation: what arrives at this address and port is handed on to there (published ports). */
  readonly forwardsTo?: { readonly ip: string; readonly port: number };
}

export type Protocol = 'tcp' | 'udp';

export interface TeamData {
  readonly name: string;
  readonly contact: string | null;
}

export interface EnvironmentData {
  readonly name: string;
  /** Instances that belong to it. */
  readonly match: readonly Selector[];
}

/** One of several conditions, all of which must hold; `*` stands for any run of characters. */
export interface Selector {
  /** `key=value` or `key` */
  readonly label?: readonly string[];
  readonly image?: string;
  readonly unit?: string;
  readonly executable?: string;
  readonly name?: string;
  /** A listening port. */
  readonly port?: number;
  /** Of a process; absolute. */
  readonly workingDirectory?: string;
}

/** A declared service. Id: `environment/application/name`. */
export interface ServiceData {
  readonly name: string;
  readonly application: string;
  readonly environment: string;
  readonly owner: string | null;
  /** An instance that matches one of these belongs to it. */
  readonly match: readonly Selector[];
  /** Where its source is; CODEOWNERS and catalog files are looked up there. */
  readonly source: string | null;
  /** Its owner owns it from then on; absent: from the moment of the declaration. */
  readonly since?: Instant;
  /** Where its owner is written: `sheer.yaml services.checkout.owner`. */
  readonly location?: string;
}

/** Something outside with a name and an owner. Id: its name. */
export interface ExternalData {
  readonly name: string;
  readonly owner: string | null;
  /** Addresses and CIDR blocks. */
  readonly addresses: readonly string[];
  readonly ports: readonly number[];
  readonly scope: Scope | null;
}

/** A declared call. Id: `from>to:port`. */
export interface CallData {
  /** Service id or external name. */
  readonly from: string;
  readonly to: string;
  readonly port: number | null;
  readonly protocol: Protocol;
}

/** An owner found in a place other than sheer.yaml. Id: `basis:place`. */
export interface OwnershipData {
  readonly basis: 'catalog-info' | 'codeowners';
  /** What is owned: a component or a system (an application) by its name, or files in a directory. */
  readonly target:
    | { readonly kind: 'component' | 'system'; readonly name: string }
    /** `path`: the directory that the CODEOWNERS file governs; of its rules the last match wins. */
    | { readonly kind: 'directory'; readonly path: string; readonly pattern: string; readonly line: number };
  /** Null: the rule takes ownership away (CODEOWNERS: a pattern without owners). */
  readonly owner: string | null;
  /** Further owners that the same line names. */
  readonly others?: readonly string[];
  /** Where it stands: `CODEOWNERS:12`. */
  readonly location: string;
}

/** A label that may be recorded, beyond the built-in allow-list. Id: its name. */
export interface LabelData {
  readonly name: string;
}

/** What a feed says of itself. Id: the source's id. */
export interface SourceData {
  readonly kind: 'engine' | 'sensor' | 'person';
  readonly state: 'live' | 'gap' | 'inactive' | 'stopped';
  /** Why it is not live, and the next step. */
  readonly reason: string | null;
  /** What it is: `podman 4.3.1`, `kernel events`. */
  readonly description: string;
  /** Events that were certainly lost, since it started. */
  readonly lost: number;
}

/**
 * What the store says of one day of the observations, in the audit stream. Id: `observations/DAY`.
 * It is about the record itself, not about what runs.
 */
export interface SegmentData {
  /** UTC day, `2026-11-22`. */
  readonly day: string;
  readonly firstPosition: number;
  readonly lastPosition: number;
  /** Of the chain at `lastPosition`, hex. */
  readonly hash: string;
  readonly records: number;
  /** Sealed: complete, and its hash is fixed. Dropped: removed, except for what still held. */
  readonly state: 'sealed' | 'dropped';
  /** On the last dropped one: what was carried over to the retained segments' start. */
  readonly checkpoint: CheckpointData | null;
}

/** The dropped records that still held; they form a chain of their own, from 64 zeros. */
export interface CheckpointData {
  readonly records: number;
  /** Of that chain at its end, hex. */
  readonly hash: string;
}
