import type { LaneGroup, LaneLine, LaneType } from '../../shared/collections/lane.ts';
import type { Period } from '../../shared/collections/phase.ts';
import type { Language } from './languages.ts';

type Title = Readonly<Record<Language, string>>;

export interface FrameLane {
  readonly title: Title;
  readonly type: LaneType;
  readonly group: LaneGroup;
  readonly line: LaneLine | null;
  /** Only for a project that continues to ideas; a bare journey map omits it. */
  readonly project?: true;
}

export interface FramePhase {
  readonly period: Period;
  readonly title: Title;
  readonly steps: readonly Title[];
}

/** The first columns of a new map: the customer's path before, during and after, to be renamed by the group. */
export const framePhases: readonly FramePhase[] = [
  {
    period: 'before',
    title: {
      en: 'Discover and choose',
      sv: 'Upptäcka och välja',
      ar: 'الاكتشاف والاختيار',
      tr: 'Keşfetmek ve seçmek',
      ru: 'Поиск и выбор',
    },
    steps: [
      {
        en: 'Feel a need',
        sv: 'Känna ett behov',
        ar: 'الشعور بالحاجة',
        tr: 'Bir ihtiyaç hissetmek',
        ru: 'Почувствовать потребность',
      },
      {
        en: 'Compare and decide',
        sv: 'Jämföra och bestämma sig',
        ar: 'المقارنة واتخاذ القرار',
        tr: 'Karşılaştırıp karar vermek',
        ru: 'Сравнить и решить',
      },
    ],
  },
  {
    period: 'during',
    title: {
      en: 'Use the service',
      sv: 'Använda tjänsten',
      ar: 'استخدام الخدمة',
      tr: 'Hizmeti kullanmak',
      ru: 'Пользование услугой',
    },
    steps: [
      { en: 'Get started', sv: 'Komma igång', ar: 'البدء', tr: 'Başlamak', ru: 'Начать' },
      {
        en: 'Get it done',
        sv: 'Få det gjort',
        ar: 'إنجاز المطلوب',
        tr: 'İşi tamamlamak',
        ru: 'Сделать задуманное',
      },
    ],
  },
  {
    period: 'after',
    title: {
      en: 'Follow up and return',
      sv: 'Följa upp och återkomma',
      ar: 'المتابعة والعودة',
      tr: 'Takip etmek ve geri gelmek',
      ru: 'После услуги',
    },
    steps: [
      {
        en: 'Get help',
        sv: 'Få hjälp',
        ar: 'الحصول على المساعدة',
        tr: 'Yardım almak',
        ru: 'Получить помощь',
      },
      { en: 'Come back', sv: 'Komma tillbaka', ar: 'العودة من جديد', tr: 'Geri gelmek', ru: 'Вернуться' },
    ],
  },
];

/**
 * The rows of a new map: what the method asks of each phase, from the customer at the top to the inside at the bottom.
 */
export const frameLanes: readonly FrameLane[] = [
  {
    type: 'text',
    group: 'customer',
    line: null,
    title: {
      en: 'Activities and situations',
      sv: 'Aktiviteter och situationer',
      ar: 'الأنشطة والمواقف',
      tr: 'Etkinlikler ve durumlar',
      ru: 'Действия и ситуации',
    },
  },
  {
    type: 'text',
    group: 'customer',
    line: null,
    title: {
      en: 'Needs and motivations',
      sv: 'Behov och drivkrafter',
      ar: 'الاحتياجات والدوافع',
      tr: 'İhtiyaçlar ve motivasyonlar',
      ru: 'Потребности и мотивы',
    },
  },
  {
    type: 'text',
    group: 'customer',
    line: null,
    title: { en: 'Choices', sv: 'Val', ar: 'الخيارات', tr: 'Seçimler', ru: 'Выбор' },
  },
  {
    type: 'emotion',
    group: 'customer',
    line: null,
    title: {
      en: 'Emotions',
      sv: 'Känslor',
      ar: 'المشاعر',
      tr: 'Duygular',
      ru: 'Эмоции',
    },
  },
  {
    type: 'curve',
    group: 'customer',
    line: 'interaction',
    title: {
      en: 'Experience curve',
      sv: 'Upplevelsekurva',
      ar: 'منحنى التجربة',
      tr: 'Deneyim eğrisi',
      ru: 'Кривая опыта',
    },
  },
  {
    type: 'text',
    group: 'frontstage',
    line: null,
    title: {
      en: 'Touchpoints',
      sv: 'Kontaktpunkter',
      ar: 'نقاط التماس',
      tr: 'Temas noktaları',
      ru: 'Точки контакта',
    },
  },
  {
    type: 'channel',
    group: 'frontstage',
    line: null,
    title: { en: 'Channels', sv: 'Kanaler', ar: 'القنوات', tr: 'Kanallar', ru: 'Каналы' },
  },
  {
    type: 'text',
    group: 'frontstage',
    line: 'visibility',
    title: {
      en: 'Visible staff actions',
      sv: 'Det personalen gör synligt',
      ar: 'ما يقوم به الموظفون أمام العميل',
      tr: 'Görünen personel işleri',
      ru: 'Видимая работа персонала',
    },
  },
  {
    type: 'text',
    group: 'backstage',
    line: 'internal',
    title: {
      en: 'Behind the scenes',
      sv: 'Bakom kulisserna',
      ar: 'ما يحدث خلف الكواليس',
      tr: 'Sahne arkası',
      ru: 'Что происходит за кулисами',
    },
  },
  {
    type: 'text',
    group: 'analysis',
    line: null,
    project: true,
    title: {
      en: 'Challenges and obstacles',
      sv: 'Utmaningar och hinder',
      ar: 'التحديات والعقبات',
      tr: 'Zorluklar ve engeller',
      ru: 'Трудности и препятствия',
    },
  },
  {
    type: 'opportunity',
    group: 'analysis',
    line: null,
    project: true,
    title: { en: 'Opportunities', sv: 'Möjligheter', ar: 'الفرص', tr: 'Fırsatlar', ru: 'Возможности' },
  },
  {
    type: 'idea',
    group: 'derived',
    line: null,
    project: true,
    title: { en: 'Ideas', sv: 'Idéer', ar: 'الأفكار', tr: 'Fikirler', ru: 'Идеи' },
  },
];
