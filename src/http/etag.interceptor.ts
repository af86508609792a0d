/** An answer that speaks of a case carries its step sequence as ETag: what If-Match wants back. */
import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { tap, type Observable } from 'rxjs';

@Injectable()
export class EtagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    return next.handle().pipe(
      tap((body: unknown) => {
        const stepSeq = (body as { stepSeq?: unknown } | undefined)?.stepSeq;
        if (typeof stepSeq === 'number') void reply.header('ETag', `"${stepSeq}"`);
      }),
    );
  }
}
