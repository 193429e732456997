import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { METHOD_METADATA } from '@nestjs/common/constants.js';
import { ROUTE_ACCESS, type RouteAccess } from './requires.decorator.js';

/** One route handler and what protects it. */
export interface DeclaredRoute {
  readonly handler: string;
  readonly access: RouteAccess | undefined;
}

/** Refuses to start while any route has no declared access: forgetting a decorator must never open a door. */
@Injectable()
export class RouteAccessCheck implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const open = this.routes().filter((route) => !route.access);
    if (open.length > 0) {
      const names = open.map((route) => route.handler).join(', ');
      throw new Error(`Routes without @Requires, @Authenticated or @Public: ${names}.`);
    }
  }

  routes(): DeclaredRoute[] {
    return this.discovery.getControllers().flatMap(({ metatype }) => {
      const prototype = (metatype as { prototype?: Record<string, unknown> } | null)?.prototype;
      return prototype ? this.routesOf(prototype) : [];
    });
  }

  private routesOf(prototype: Record<string, unknown>): DeclaredRoute[] {
    return this.scanner
      .getAllMethodNames(prototype)
      .map((name) => ({ name, method: prototype[name] as object }))
      .filter(({ method }) => Reflect.hasMetadata(METHOD_METADATA, method))
      .map(({ name, method }) => ({
        handler: `${(prototype.constructor as { name: string }).name}.${name}`,
        access: Reflect.getMetadata(ROUTE_ACCESS, method) as RouteAccess | undefined,
      }));
  }
}
