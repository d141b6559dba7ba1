"""Phrases of other languages; any subject, verb and end of one language go together."""

LANGUAGES = {
    "de": dict(
        subjects="Die Verwaltung|Der zuständige Ausschuss|Die neue Genossenschaft|Das Unternehmen|Die Prüfungskommission|"
                 "Der Stadtrat|Die Geschäftsführung|Das Forschungsinstitut|Die Versicherungsgesellschaft|Der Verein",
        verbs="hat die Unterlagen sorgfältig geprüft|veröffentlichte einen ausführlichen Bericht|stimmte dem Vorschlag zu|"
              "lehnte die Änderung zunächst ab|erhöhte die Mittel für den Ausbau der Wasserversorgung|"
              "vereinbarte eine engere Zusammenarbeit mit den Nachbargemeinden|verschob die Entscheidung",
        ends="im vergangenen Jahr|nach langer Beratung|aus wirtschaftlichen Gründen|ohne weitere Begründung|"
             "trotz der gestiegenen Kosten|auf Grundlage der Messergebnisse|zum ersten Mal seit der Gründung",
        joins=", weil die bisherigen Angaben unvollständig waren|, obwohl der Zeitplan kaum einzuhalten ist|; eine endgültige "
              "Klärung steht noch aus|, damit die Arbeiten rechtzeitig abgeschlossen werden können|, wie aus dem Protokoll hervorgeht",
        notes="Insgesamt gingen {n} Anträge ein|Rund {k} Prozent der Befragten äußerten sich zustimmend|Seit {y} gelten strengere "
              "Vorschriften für den Hochwasserschutz|Die Kosten wurden auf {n} Tausend Euro geschätzt|Weitere Einzelheiten enthält "
              "der Anhang|Im Jahr {y} begann die Erneuerung der Leitungen|Für {k} Gebäude liegt noch keine Bewertung vor",
        heads="Zusammenfassung|Grundlagen der Planung|Ergebnisse der Untersuchung|Geltungsbereich|Weitere Schritte|"
              "Kosten und Finanzierung|Rechtliche Rahmenbedingungen|Öffentlichkeitsarbeit"),
    "fr": dict(
        subjects="Le conseil municipal|La nouvelle direction|L’équipe de recherche|Le comité technique|La société|"
                 "L’association des riverains|Le ministère|La commission d’enquête|Le bureau d’études",
        verbs="a publié un rapport détaillé|a approuvé le projet de rénovation|a demandé des informations complémentaires|"
              "a reporté la décision|a présenté les résultats de l’étude|a réduit les dépenses prévues|"
              "a confirmé l’importance de ces mesures",
        ends="au cours de l’année dernière|après de longues discussions|pour des raisons économiques|malgré la hausse des coûts|"
             "à la demande des habitants|dans l’ensemble de la région|sans attendre la fin des travaux",
        joins=", bien que le calendrier soit difficile à tenir|, car les données disponibles étaient incomplètes|, afin que les travaux "
              "puissent être achevés à temps|; une décision définitive est attendue|, comme l’indique le procès-verbal",
        notes="Au total, {n} demandes ont été déposées|Environ {k} pour cent des personnes interrogées se déclarent satisfaites|"
              "Depuis {y}, des règles plus strictes sont en vigueur|Les dépenses sont estimées à {n} mille euros|L’annexe contient "
              "de plus amples détails|En {y}, la rénovation du réseau a commencé",
        heads="Résumé|Contexte de l’étude|Principaux résultats|Conditions générales|Perspectives|Méthodes et données|"
              "Dépenses et recettes|Étapes suivantes"),
    "es": dict(
        subjects="El ayuntamiento|La comisión técnica|El equipo de investigación|La empresa|La asociación de vecinos|"
                 "El ministerio|La nueva dirección|El comité de expertos|La universidad",
        verbs="publicó un informe detallado|aprobó el plan de inversión|solicitó más información|aplazó la decisión|"
              "presentó los resultados del estudio|redujo los gastos previstos|confirmó la importancia de las medidas",
        ends="durante el último año|después de una larga discusión|por razones económicas|a pesar del aumento de los costes|"
             "a petición de los habitantes|en toda la región|sin esperar el final de las obras",
        joins=", aunque el calendario es difícil de cumplir|, porque los datos disponibles eran incompletos|, para que las obras "
              "terminen a tiempo|; todavía falta una decisión definitiva|, según consta en el acta",
        notes="En total se presentaron {n} solicitudes|Cerca del {k} por ciento de los encuestados está de acuerdo|Desde {y} rigen "
              "normas más estrictas|Los costes se estiman en {n} mil euros|El anexo contiene más detalles|En {y} comenzó la "
              "renovación de la red",
        heads="Resumen|Antecedentes|Resultados principales|Condiciones generales|Próximos pasos|Métodos y datos|"
              "Gastos e ingresos|Ámbito de aplicación"),
    "ar": dict(
        subjects="اللجنة المحلية|الشركة الجديدة|إدارة المدرسة|الجامعة الوطنية|وزارة المياه|المؤسسة العامة|بلدية المدينة",
        verbs="نشرت تقريرا مفصلا|وافقت على المشروع|طلبت معلومات إضافية|أجلت القرار|قدمت نتائج الدراسة|خفضت التكاليف المتوقعة",
        ends="خلال العام الماضي|بعد نقاش طويل|لأسباب اقتصادية|في جميع المناطق|بناء على طلب السكان|رغم ارتفاع الأسعار",
        heads="مقدمة|نتائج الدراسة|الخطوات القادمة|الشروط العامة|المصادر والبيانات|خلاصة التقرير",
        labels="المنطقة|العدد|السنة|المجموع|الشمال|الجنوب|الشرق|الغرب|الوسط|الساحل"),
    "he": dict(
        subjects="הוועדה המקומית|החברה החדשה|הנהלת בית הספר|העירייה|רשות המים|האוניברסיטה|המועצה האזורית",
        verbs="פרסמה דוח מפורט|אישרה את התוכנית|ביקשה מידע נוסף|דחתה את ההחלטה|הציגה את תוצאות המחקר|צמצמה את ההוצאות",
        ends="במהלך השנה האחרונה|לאחר דיון ארוך|מסיבות כלכליות|בכל האזורים|לבקשת התושבים|למרות עליית המחירים",
        heads="מבוא|תוצאות המחקר|צעדים הבאים|תנאים כלליים|מקורות ונתונים|סיכום",
        labels="אזור|מספר|שנה|סך הכול|צפון|דרום|מזרח|מערב|מרכז|חוף"),
    "zh": dict(
        subjects="市政府|研究小组|该公司|技术委员会|水务部门|新成立的基金会|地方学校|独立专家组",
        verbs="发布了详细的报告|批准了改造计划|要求提供更多资料|推迟了最终决定|介绍了研究结果|减少了预计支出|确认了这些措施的重要性",
        ends="并将在明年继续推进相关工作|以便居民及时了解情况|但具体原因仍不清楚|同时加强了与邻近地区的合作|从而改善了供水质量",
        heads="概述|研究方法|主要结果|下一步工作|总则|数据来源|结论与建议|费用说明",
        labels="地区|数量|年份|合计|北部|南部|东部|西部|中部|沿海"),
    "ja": dict(
        subjects="市の委員会は|研究グループは|同社は|技術部門は|水道局は|新しい財団は|地元の学校は|独立した専門家は",
        verbs="詳しい報告書を公表し|改修計画を承認し|追加の資料を求め|最終決定を延期し|調査結果を説明し|予定していた支出を減らし",
        ends="来年も作業を続けることにした|住民に状況を知らせた|近隣地域との協力を強めた|水質の改善につながった|理由はまだ明らかでない",
        heads="概要|調査方法|主な結果|今後の課題|総則|資料の出典|結論|費用について",
        labels="地域|数量|年度|合計|北部|南部|東部|西部|中央|沿岸"),
}
