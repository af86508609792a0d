import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Notice } from '../db/entities.js';
import { NoticesController } from './notices.controller.js';
import { NoticeStore } from './notices.store.js';
import { NoticeStream } from './notices.stream.js';

@Module({
  imports: [TypeOrmModule.forFeature([Notice])],
  controllers: [NoticesController],
  providers: [NoticeStore, NoticeStream],
})
export class NoticesModule {}
